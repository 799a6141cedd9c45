-- Tidigare inställningar: each change of a unit's setting, what it was and what it became, by whom, and of which change
-- it is the undoing. A row is never changed.

create table setting_versions (
  id uuid primary key,
  unit_id uuid not null references units,
  setting text not null,
  was jsonb not null,
  became jsonb not null,
  undoes uuid references setting_versions,
  by_id uuid not null references staff,
  at timestamptz not null default now()
);
create index on setting_versions (unit_id, id desc);
create index on setting_versions (undoes) where undoes is not null;
