-- Nivå 1 som ingen har sett: each time that such a case lay without anybody for five staffed minutes, and five more.

create table unmet (
  visit_id uuid not null references visits,
  -- Since when nobody had seen to it: a case that returns to the queue is a new time.
  since_at timestamptz not null,
  step smallint not null check (step in (1, 2)),
  case_id uuid not null references cases,
  unit_id uuid not null references units,
  told_at timestamptz not null,
  ended_at timestamptz,
  primary key (visit_id, since_at, step)
);
create index unmet_standing on unmet (unit_id) where ended_at is null;
create index visits_level_one on visits (unit_id) where priority = 1 and state in ('queued', 'in_progress');

alter table sms drop constraint sms_kind_check, drop constraint sms_to_staff;
alter table sms
  add constraint sms_kind_check check (kind in
    ('your_turn', 'new_message', 'new_case', 'reminder', 'free_text', 'staff_new_case', 'staff_request',
     'staff_level_one', 'manager_level_one')),
  add constraint sms_to_staff check ((to_kind = 'staff') =
    (kind in ('staff_new_case', 'staff_request', 'staff_level_one', 'manager_level_one')));
