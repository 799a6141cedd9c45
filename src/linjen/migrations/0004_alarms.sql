-- What the tripwire heard in the words of residents, and what staff say of it.

create table alarms (
  id uuid primary key,
  case_id uuid not null references cases,
  message_id uuid references messages,
  code text not null,
  level smallint check (level between 1 and 5),
  quote_sealed bytea not null,
  heard_at timestamptz not null default now(),
  verdict text check (verdict in ('right', 'wrong')),
  judged_by uuid references staff,
  judged_at timestamptz,
  check ((verdict is null) = (judged_by is null)),
  check ((verdict is null) = (judged_at is null))
);
create index alarms_of_case on alarms (case_id, heard_at);
