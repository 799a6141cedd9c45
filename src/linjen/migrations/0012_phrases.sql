-- Ready words, of a unit or of one person. They hold no patient data, and are plain. What is removed stays as a row, so
-- that it can be put back.

create table phrases (
  id uuid primary key,
  unit_id uuid references units,
  staff_id uuid references staff,
  title text not null check (char_length(title) between 1 and 80),
  short text not null default '' check (short ~ '^[a-zåäö0-9-]{0,20}$'),
  body text not null check (char_length(body) between 1 and 2000),
  version integer not null default 1,
  created_by uuid not null references staff,
  created_at timestamptz not null default now(),
  changed_by uuid not null references staff,
  changed_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint of_a_unit_or_of_a_person check (num_nonnulls(unit_id, staff_id) = 1)
);
create unique index phrases_unit_short on phrases (unit_id, short) where short <> '' and removed_at is null;
create unique index phrases_staff_short on phrases (staff_id, short) where short <> '' and removed_at is null;
create index phrases_unit on phrases (unit_id) where unit_id is not null;
create index phrases_staff on phrases (staff_id) where staff_id is not null;

create table phrase_uses (
  phrase_id uuid not null references phrases,
  unit_id uuid not null references units,
  staff_id uuid not null references staff,
  uses integer not null check (uses > 0),
  used_at timestamptz not null default now(),
  primary key (phrase_id, unit_id, staff_id)
);
