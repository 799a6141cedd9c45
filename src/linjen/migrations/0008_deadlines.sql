-- How soon a case of each level should be met: what a unit has decided where it differs from the common deadlines.

create table unit_deadlines (
  unit_id uuid not null references units,
  level smallint not null check (level between 1 and 5),
  minutes integer not null check (minutes between 1 and 43200),
  primary key (unit_id, level)
);
