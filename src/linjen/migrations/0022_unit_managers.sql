-- Verksamhetschef: the head of a unit, who is told when it cannot keep up. The role opens no case.

alter table assignments drop constraint assignments_role_check;
alter table assignments add constraint assignments_role_check check (role in
  ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary', 'user_admin', 'config_admin',
   'medical_approver', 'unit_manager'));
