-- How good the triage is: what each interview ended in, as numbers, and what staff say of its level.

-- A row for each interview that was sent, or whose self-care advice was followed: the case itself remains.
create table assessments (
  case_id uuid primary key references cases,
  unit_id uuid not null references units,
  month date not null,
  reason text not null,
  level smallint not null check (level between 1 and 5),
  outcome text not null check (outcome in ('sent', 'self_care')),
  questions smallint check (questions >= 0),
  came_back boolean,
  verdict text check (verdict in ('right', 'too_high', 'too_low')),
  right_level smallint check (right_level between 1 and 5),
  why_sealed bytea,
  judged_by uuid references staff,
  judged_at timestamptz,
  check ((verdict is null) = (judged_by is null)),
  check ((verdict is null) = (judged_at is null)),
  check (verdict is not null or (right_level is null and why_sealed is null)),
  check (verdict is distinct from 'right' or right_level is not distinct from level),
  check (verdict is distinct from 'too_high' or right_level is null or right_level > level),
  check (verdict is distinct from 'too_low' or right_level is null or right_level < level),
  check (outcome = 'sent' or verdict is null),
  check (outcome = 'self_care' or came_back is null)
);
create index assessments_of_month on assessments (unit_id, month);
create index assessments_to_settle on assessments (case_id) where outcome = 'self_care' and came_back is null;

-- Of drafts that were left and emptied: only how many, never whose. Before a unit is chosen there is none.
create table left_drafts (
  unit_id uuid references units,
  month date not null,
  reason text not null,
  ended text not null check (ended in ('left', 'emergency', 'came_back', 'stayed')),
  step text not null,
  count integer not null check (count > 0),
  unique nulls not distinct (unit_id, month, reason, ended, step)
);

insert into assessments (case_id, unit_id, month, reason, level, outcome)
select id, unit_id, date_trunc('month', sent_at at time zone 'Europe/Stockholm')::date, reason, urgency, 'sent'
from cases where entry = 'symptom' and phase = 'sent' and urgency is not null;

-- Warning signs are counted by unit.
alter table alarms add column unit_id uuid references units;
update alarms a set unit_id = c.unit_id from cases c where c.id = a.case_id;
alter table alarms alter column unit_id set not null;
create index alarms_of_unit on alarms (unit_id, heard_at);
