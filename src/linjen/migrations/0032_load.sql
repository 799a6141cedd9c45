-- Belastningslarm: how much a unit lets wait before its head is told, and each time that it was more.

create table unit_load_limits (
  unit_id uuid primary key references units,
  waiting smallint not null check (waiting between 1 and 500),
  late smallint not null check (late between 1 and 500)
);

create table load_alarms (
  id uuid primary key,
  unit_id uuid not null references units,
  begun_at timestamptz not null,
  ended_at timestamptz,
  waiting_limit smallint not null,
  late_limit smallint not null,
  -- The most that it came to.
  waiting integer not null,
  late integer not null
);
create unique index load_alarms_open on load_alarms (unit_id) where ended_at is null;
create index load_alarms_of_unit on load_alarms (unit_id, begun_at);

create table load_alarms_seen (
  alarm_id uuid not null references load_alarms,
  staff_id uuid not null references staff,
  seen_at timestamptz not null,
  primary key (alarm_id, staff_id)
);

-- An SMS belongs to a case, or to a load alarm, which is of no case.
alter table sms alter column case_id drop not null;
alter table sms add column load_alarm_id uuid references load_alarms;
alter table sms drop constraint sms_kind_check, drop constraint sms_to_staff;
alter table sms
  add constraint sms_kind_check check (kind in
    ('your_turn', 'new_message', 'new_case', 'reminder', 'free_text', 'staff_new_case', 'staff_request',
     'staff_level_one', 'manager_level_one', 'manager_load')),
  add constraint sms_to_staff check ((to_kind = 'staff') =
    (kind in ('staff_new_case', 'staff_request', 'staff_level_one', 'manager_level_one', 'manager_load'))),
  add constraint sms_of_case check ((case_id is null) = (kind = 'manager_load')),
  add constraint sms_of_load_alarm check ((load_alarm_id is not null) = (kind = 'manager_load'));
create index sms_of_alarm on sms (load_alarm_id) where load_alarm_id is not null;
