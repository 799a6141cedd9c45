-- Skyddad identitet: a Ja of the register that comes after a Nej by hand wins, and Patientinfo tells staff that it did.

alter table residents
  add column protected_overruled_at timestamptz,
  add constraint residents_overruled_by_register check (protected_overruled_at is null or protected_set_at is null);
