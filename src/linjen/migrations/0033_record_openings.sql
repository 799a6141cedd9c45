-- Who has looked a patient up in the record system before the first reply: protected identity is never inferred.

create table record_openings (
  case_id uuid primary key references cases,
  by_id uuid not null references staff,
  at timestamptz not null default now()
);
