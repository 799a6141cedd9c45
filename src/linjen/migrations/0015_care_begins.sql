-- Care may begin a case with somebody who has agreed to it, and add one for somebody on the phone (F043-F047, F051).

-- Who in care began the case; null for one that a resident began. It is the patient's own all the same: `opened_by` is
-- she, so that who may read and write is decided as for every other case.
alter table cases add column begun_by uuid references staff;

-- Dialogue is agreed to by a resident once and for all cases, so it hangs on her and not on a case.
alter table consents alter column case_id drop not null;
alter table consents add constraint dialogue_hangs_on_no_case check ((case_id is null) = (kind = 'dialogue'));
create index consents_to_dialogue on consents (resident_id, given_at) where case_id is null;

-- Why the population register has let somebody go; '' while it has not.
alter table residents
  add column deregistered text not null default '' check (deregistered in ('', 'died', 'moved', 'other'));

-- Why somebody looked for a patient whom her care provider has never had a case with. It opens the patient for her
-- session at her unit, and no longer.
create table patient_searches (
  id uuid primary key,
  resident_id uuid not null references residents,
  staff_id uuid not null references staff,
  unit_id uuid not null references units,
  session_id uuid not null,
  reason text not null check (reason in ('calls', 'visits', 'referred', 'asked', 'other')),
  why_sealed bytea not null,
  at timestamptz not null default now()
);
create index patient_searches_of on patient_searches (resident_id, staff_id);
