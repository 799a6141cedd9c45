-- Aviseringar: devices that have asked for push, what is pushed, quiet hours, and cases that somebody wants no notices of.

create table push_devices (
  id uuid primary key,
  resident_id uuid not null references residents,
  -- A keyed hash of the address: the same browser is one device, whoever is signed in there.
  endpoint_index bytea not null unique,
  subscription_sealed bytea not null,
  created_at timestamptz not null default now()
);
create index push_devices_of_resident on push_devices (resident_id);

create table pushes (
  id uuid primary key,
  kind text not null check (kind in ('your_turn', 'new_message', 'new_case', 'reminder')),
  -- What it follows from, so that one happening is one push to a device however often it is read.
  cause text not null,
  -- No reference: what was sent is remembered when the device has been taken away.
  device_id uuid not null,
  case_id uuid not null references cases,
  state text not null default 'waiting' check (state in
    ('waiting', 'sending', 'accepted', 'failed', 'uncertain', 'withheld', 'dropped')),
  reason text not null default '',
  tries smallint not null default 0,
  created_at timestamptz not null default now(),
  next_at timestamptz not null,
  sending_at timestamptz,
  changed_at timestamptz not null default now(),
  unique (cause, device_id),
  check ((state = 'sending') = (sending_at is not null))
);
create index pushes_due on pushes (next_at) where state = 'waiting';
create index pushes_under_way on pushes (sending_at) where state = 'sending';
create index pushes_of_case on pushes (case_id, created_at);

-- Whole hours on a Swedish clock; the same hour twice is no quiet at all.
alter table residents add column quiet_from smallint not null default 21 check (quiet_from between 0 and 23);
alter table residents add column quiet_until smallint not null default 7 check (quiet_until between 0 and 23);
alter table residents add column phone_changed_at timestamptz;

create table muted_cases (
  case_id uuid not null references cases,
  resident_id uuid not null references residents,
  at timestamptz not null default now(),
  primary key (case_id, resident_id)
);

-- Whose number it went to, so that a number that keeps failing is seen.
create index sms_to_resident on sms (to_id, changed_at) where to_kind = 'resident';
