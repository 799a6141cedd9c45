-- Lämna över: the queue a case waits in is a role at its unit, and now and then one person in it. Every open visit has
-- exactly one holder or one queue: 0001 ties 'in_progress' to a holder, and here the queue is never missing.

alter table visits
  add column for_role text not null default 'nurse' check (for_role in
    ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary')),
  add column for_staff_id uuid references staff,
  add column until_on date,
  add check (for_staff_id is null or state = 'queued'),
  add check (until_on is null or kind = 'async');
update visits v set for_role = 'medical_secretary' from cases c
  where c.id = v.case_id and c.entry = 'admin' and v.state <> 'closed';

-- Which queues a role sees at a unit that has decided otherwise than cases/waiting/queues.py.
create table unit_queues (
  unit_id uuid not null references units,
  role text not null,
  queue text not null,
  primary key (unit_id, role, queue)
);

create table handovers (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_id uuid not null references staff,
  from_unit_id uuid not null references units,
  to_unit_id uuid not null references units,
  to_role text not null,
  to_staff_id uuid references staff,
  note_sealed bytea,  -- health
  at timestamptz not null default now(),
  unique (case_id, seq)
);
