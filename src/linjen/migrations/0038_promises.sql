-- Löftet om svar: what a resident was told when she sent her case, so that it can be said how often it held.

create table promises (
  case_id uuid primary key references cases,
  unit_id uuid not null references units,
  level smallint not null check (level between 1 and 5),
  made_at timestamptz not null,
  by_at timestamptz not null check (by_at > made_at),
  -- Of a hundred who are told this, so many are to be answered by then.
  share smallint not null check (share between 1 and 99)
);
create index promises_of_unit on promises (unit_id, made_at);
