-- Who has given a case another place in the ledger than the triage did, and why. The triage's own level stays with the
-- case (cases.urgency); what the ledger sorts by is visits.priority.

create table reprioritisations (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references staff,
  from_level smallint not null check (from_level between 1 and 5),
  to_level smallint not null check (to_level between 1 and 5),
  why_sealed bytea not null,
  at timestamptz not null default now(),
  check (from_level <> to_level),
  unique (case_id, seq)
);
