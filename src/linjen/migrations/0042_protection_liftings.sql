-- Skyddad identitet: who takes a Ja back has looked in the record system herself that day, and says why.

create table record_looks (
  case_id uuid not null references cases,
  by_id uuid not null references staff,
  on_day date not null,
  primary key (case_id, by_id, on_day)
);

create table protection_liftings (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references staff,
  at timestamptz not null default now(),
  why_sealed bytea not null
);

create index on protection_liftings (case_id);
