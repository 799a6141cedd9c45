-- Staff may choose an SMS when a colleague asks something of them by name; like the one for new cases it says nothing of
-- any patient.

alter table staff add column sms_requests text not null default 'no'
  check (sms_requests in ('no', 'staffed', 'always'));

alter table sms drop constraint sms_kind_check, drop constraint sms_check1;
alter table sms
  add constraint sms_kind_check check (kind in
    ('your_turn', 'new_message', 'new_case', 'reminder', 'free_text', 'staff_new_case', 'staff_request')),
  add constraint sms_to_staff check ((to_kind = 'staff') = (kind in ('staff_new_case', 'staff_request')));
