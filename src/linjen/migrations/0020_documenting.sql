-- Avgift, and the record note: a case that was closed by staff stays in the list of what is to be documented until
-- somebody says that it is. The note itself is kept in the record system; here is its draft, until then.

alter table visits
  add column fee text check (fee in ('none', 'prescription', 'certificate', 'visit', 'digital_visit')),
  add column documented_at timestamptz,
  add column documented_by uuid references staff,
  add check (fee is null or state = 'closed'),
  add check (documented_at is null or state = 'closed'),
  add check (documented_by is null or documented_at is not null);
-- What was closed before there was a list is not owed in it.
update visits set documented_at = closed_at where state = 'closed';
create index visits_to_document on visits (unit_id, closed_at)
  where state = 'closed' and documented_at is null and closed_by is not null;

create table record_drafts (
  case_id uuid primary key references cases,
  version integer not null default 1,
  body_sealed bytea not null,
  saved_by uuid not null references staff,
  saved_at timestamptz not null default now()
);
