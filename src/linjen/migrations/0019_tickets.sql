-- Biljett: the way to another unit, also of another care provider. What leaves is what stands in it and nothing else;
-- the case stays where it is. Each ticket comes to one end: used, booked, returned, cancelled or expired.

-- Resurs: what a unit lets others choose. Where it has any, one is chosen, so that nothing lands in a queue of nobody.
create table unit_resources (
  unit_id uuid not null references units,
  role text not null check (role in
    ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary')),
  primary key (unit_id, role)
);

create table tickets (
  id uuid primary key,
  case_id uuid not null references cases,
  kind text not null check (kind in ('drop_in', 'booking')),
  state text not null default 'issued' check (state in
    ('issued', 'used', 'booked', 'returned', 'cancelled', 'expired')),
  by_id uuid not null references staff,
  from_unit_id uuid not null references units,
  to_unit_id uuid not null references units,
  to_resource text check (to_resource in
    ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary')),
  other_provider boolean not null,
  priority smallint not null check (priority between 1 and 5),
  history_sealed bytea,  -- health
  note_sealed bytea,  -- health
  last_on date not null,
  issued_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  used_case_id uuid unique references cases,
  booked_for timestamptz,
  booked_by uuid references staff,
  return_sealed bytea,  -- health
  returned_by uuid references staff,
  settled_at timestamptz,
  settled_by uuid references staff,
  check ((state = 'used') = (used_case_id is not null)),
  check ((state = 'booked') = (booked_for is not null)),
  check ((booked_for is null) = (booked_by is null)),
  check ((state = 'returned') = (return_sealed is not null)),
  check ((return_sealed is null) = (returned_by is null)),
  check (state <> 'used' or kind = 'drop_in'),
  check (state <> 'booked' or kind = 'booking'),
  check ((settled_at is null) = (settled_by is null)),
  check (settled_at is null or state in ('returned', 'expired'))
);
create index tickets_of_case on tickets (case_id);
create index tickets_to_unit on tickets (to_unit_id) where state in ('issued', 'booked');
create index tickets_unsettled on tickets (case_id) where state in ('returned', 'expired') and settled_at is null;
create index tickets_due on tickets (last_on) where state = 'issued';
