-- What was heard is asked of its writer, is written once, and is shown also when the case was closed meanwhile.

alter table alarms
  add column late boolean not null default false,
  add column answer text check (answer in ('yes', 'no', 'unknown')),
  add column answered_at timestamptz,
  add check ((answer is null) = (answered_at is null));

-- A message that is read twice is heard once.
create unique index alarms_once on alarms (message_id, code) where message_id is not null;
create index alarms_late on alarms (unit_id) where late and verdict is null;
create index alarms_of_time on alarms (heard_at);
