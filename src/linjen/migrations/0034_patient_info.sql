-- Patientinfo: staff set Skyddad identitet by hand, which then wins over the register, and keep phone and e-mail.

alter table residents
  add column email text,
  add column protected_set_by uuid references staff,
  add column protected_set_at timestamptz,
  add constraint residents_set_by_somebody check ((protected_set_by is null) = (protected_set_at is null)),
  add constraint residents_set_is_known check (protected_set_at is null or protected <> 'unchecked');
