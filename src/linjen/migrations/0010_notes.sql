-- What staff write to each other in a case. It is never the patient's to read: no statement for residents names it.

create table notes (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references staff,
  body_sealed bytea not null,
  at timestamptz not null default now(),
  unique (case_id, seq)
);
