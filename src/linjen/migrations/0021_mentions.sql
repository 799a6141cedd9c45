-- Colleague dialogue in a case: who is named in an internal note has it as work until she has read it, and who is invited
-- takes part while the holder keeps the case. Neither opens a case to anybody who does not reach it already.

create table note_mentions (
  note_id uuid not null references notes,
  staff_id uuid not null references staff,
  read_at timestamptz,
  primary key (note_id, staff_id)
);
create index note_mentions_unread on note_mentions (staff_id) where read_at is null;

create table invitations (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references staff,
  staff_id uuid not null references staff,
  at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by uuid references staff,
  unique (case_id, seq),
  check ((ended_at is null) = (ended_by is null)),
  check (staff_id <> by_id)
);
create unique index invitations_open on invitations (case_id, staff_id) where ended_at is null;
create index invitations_of on invitations (staff_id) where ended_at is null;
