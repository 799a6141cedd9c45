-- Fler frågor: the questions of a further contact reason in an open case, answered by the patient or by staff for her.
-- `seq` is the event with which they were asked. `with_staff` are asked at the desk or on the phone: no card is shown.

create table further_questions (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  reason text not null,
  by_id uuid not null references staff,
  with_staff boolean not null,
  asked_at timestamptz not null default now(),
  version integer not null default 0,
  state_sealed bytea not null,
  result_sealed bytea,
  level smallint check (level between 1 and 5),
  answered_at timestamptz,
  answered_by_kind text check (answered_by_kind in ('resident', 'staff')),
  check ((answered_at is null) = (result_sealed is null)),
  check ((answered_at is null) = (answered_by_kind is null)),
  check ((answered_at is null) = (level is null))
);
create index further_questions_of_case on further_questions (case_id);
create unique index further_questions_open on further_questions (case_id, reason) where answered_at is null;
