-- Rätta eller radera: what somebody wants corrected or erased in her case, in her own words, and the unit's answer.

create table corrections (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references residents,
  kind text not null check (kind in ('correct', 'erase')),
  body_sealed bytea not null,
  at timestamptz not null default now(),
  answered_at timestamptz,
  answered_by uuid references staff,
  answer_id uuid references messages,
  constraint corrections_answer_is_whole
    check ((answered_at is null) = (answered_by is null) and (answered_at is null) = (answer_id is null))
);

create index on corrections (case_id);
create index corrections_waiting on corrections (case_id) where answered_at is null;
