-- The ground: people, units, assignments, sessions, cases with their visits, events and the access log.
-- privacy labels stand in comments on columns: none | internal | personal | health | secret (docs/privacy.md).

create table residents (
  id uuid primary key,
  number_index bytea not null unique,
  number_sealed bytea not null,
  given_name text not null,
  surname text not null,
  birth_on date not null,
  sex text not null default 'unknown' check (sex in ('female', 'male', 'unknown')),
  protected text not null default 'unchecked' check (protected in ('unchecked', 'no', 'yes')),
  protected_checked_at timestamptz,
  phone text,
  first_signed_in_at timestamptz,
  language text not null default 'sv' check (language in ('sv', 'en')),
  created_at timestamptz not null default now()
);

create table guardianships (
  guardian_id uuid not null references residents,
  child_id uuid not null references residents,
  confirmed_at timestamptz not null,
  ended_at timestamptz,
  primary key (guardian_id, child_id)
);

create table care_providers (
  id uuid primary key,
  hsa_id text not null unique,
  name text not null
);

create table units (
  id uuid primary key,
  provider_id uuid not null references care_providers,
  hsa_id text not null unique,
  name text not null,
  kind text not null check (kind in ('health_centre', 'rehab')),
  phone text not null default '',
  takes_residents boolean not null default true
);

create table opening_hours (
  unit_id uuid not null references units,
  weekday smallint not null check (weekday between 0 and 6),
  opens time not null,
  closes time not null check (closes > opens),
  primary key (unit_id, weekday, opens)
);

create table closures (
  id uuid primary key,
  unit_id uuid not null references units,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  kind text not null check (kind in ('planned', 'acute', 'holiday_open')),
  reason text not null default ''
);

create table staff (
  id uuid primary key,
  hsa_id text not null unique,
  given_name text not null,
  surname text not null,
  title text not null default '',
  active boolean not null default true
);

create table assignments (
  id uuid primary key,
  staff_id uuid not null references staff,
  unit_id uuid not null references units,
  role text not null check (role in
    ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary', 'user_admin', 'config_admin')),
  from_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (staff_id, unit_id, role)
);
create index assignments_of_staff on assignments (staff_id) where ended_at is null;

create table sessions (
  token_hash bytea primary key,
  id uuid not null unique,
  kind text not null check (kind in ('resident', 'staff')),
  person_id uuid not null,
  unit_id uuid references units,
  language text not null default 'sv',
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  locked_at timestamptz,
  ended_at timestamptz
);
create index sessions_of_person on sessions (person_id) where ended_at is null;

create table sign_in_orders (
  id uuid primary key,
  browser_hash bytea not null,
  kind text not null check (kind in ('bankid', 'siths')),
  secret_sealed bytea not null,
  same_device boolean not null default false,
  state text not null default 'pending' check (state in ('pending', 'complete', 'failed', 'used')),
  hint text not null default '',
  person_id uuid,
  return_to text not null default '',
  begun_at timestamptz not null default now(),
  order_begun_at timestamptz not null default now(),
  collected_at timestamptz
);

create table cases (
  id uuid primary key,
  entry text not null check (entry in ('symptom', 'admin')),
  phase text not null default 'intake'
    check (phase in ('intake', 'emergency_advised', 'self_care_offered', 'sent', 'closed', 'abandoned')),
  patient_id uuid references residents,
  opened_by uuid not null references residents,
  unit_id uuid references units,
  visit_id uuid,
  patient_birth_on date,
  urgency smallint check (urgency between 1 and 5),
  reason text not null default '',
  protocol text not null default '',
  counter integer not null default 0,
  resident_unread integer not null default 0,
  staff_unread integer not null default 0,
  pictures smallint not null default 0,
  close_reason text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  sent_at timestamptz,
  closed_at timestamptz,
  check ((phase = 'sent') = (visit_id is not null)),
  check (phase <> 'sent' or (unit_id is not null and patient_id is not null and sent_at is not null)),
  check ((phase = 'closed') = (close_reason is not null and closed_at is not null))
);
-- No changing column is indexed: a message must not rewrite indexes (HOT updates need the free room, too).
create index cases_of_opener on cases (opened_by);
create index cases_of_patient on cases (patient_id);
alter table cases set (fillfactor = 80);

create table visits (
  id uuid primary key,
  case_id uuid not null references cases,
  kind text not null default 'drop_in' check (kind in ('drop_in', 'scheduled', 'scheduled_free', 'async')),
  state text not null default 'queued' check (state in ('queued', 'in_progress', 'closed')),
  unit_id uuid not null references units,
  priority smallint not null check (priority between 1 and 5),
  holder_id uuid references staff,
  queued_at timestamptz not null default now(),
  claimed_at timestamptz,
  closed_at timestamptz,
  closed_by uuid references staff,
  close_reason text,
  check ((state = 'in_progress') = (holder_id is not null)),
  check ((holder_id is null) = (claimed_at is null)),
  check ((state = 'closed') = (closed_at is not null)),
  check ((state = 'closed') = (close_reason is not null))
);
alter table cases add foreign key (visit_id) references visits deferrable initially deferred;
create index visits_open on visits (unit_id, priority, queued_at) where state in ('queued', 'in_progress');
-- How soon a unit has answered lately, by urgency.
create index visits_lately on visits (unit_id, priority, queued_at);
create index visits_of_case on visits (case_id);

create table intakes (
  case_id uuid primary key references cases,
  step text not null default 'unit',
  version integer not null default 0,
  state_sealed bytea not null,
  result_sealed bytea,
  expires_at timestamptz not null
);

create table consents (
  id uuid primary key,
  case_id uuid not null references cases,
  resident_id uuid not null references residents,
  given_by uuid not null references residents,
  kind text not null check (kind in ('care_history', 'medication_list', 'dialogue', 'fee')),
  choice boolean not null,
  wording text not null,
  given_at timestamptz not null default now()
);
create index consents_of_case on consents (case_id, kind, given_at);

create table messages (
  id uuid primary key,
  case_id uuid not null references cases,
  seq integer not null,
  by_kind text not null check (by_kind in ('resident', 'staff')),
  by_id uuid not null,
  body_sealed bytea not null,
  sent_at timestamptz not null default now(),
  unique (case_id, seq)
);

create table reading_marks (
  case_id uuid not null references cases,
  party text not null check (party in ('resident', 'staff')),
  delivered_seq integer not null default 0,
  read_seq integer not null default 0,
  read_at timestamptz,
  primary key (case_id, party)
);

create table drafts (
  case_id uuid not null references cases,
  person_id uuid not null,
  body_sealed bytea not null,
  saved_at timestamptz not null default now(),
  primary key (case_id, person_id)
);

create table pictures (
  id uuid primary key,
  case_id uuid not null references cases,
  by_id uuid not null,
  display_sealed bytea not null,
  thumbnail_sealed bytea not null,
  width integer not null,
  height integer not null,
  added_at timestamptz not null default now(),
  removed_at timestamptz
);
create index pictures_of_case on pictures (case_id, added_at);

create table events (
  id bigint generated always as identity primary key,
  txid xid8 not null default pg_current_xact_id(),
  case_id uuid,
  seq integer,
  unit_id uuid,
  kind text not null,
  by_kind text not null check (by_kind in ('resident', 'staff', 'system')),
  by_id uuid,
  at timestamptz not null default now(),
  data jsonb not null default '{}'
);
create unique index events_of_case on events (case_id, seq);
create index events_in_order on events (txid, id);

create table access_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  by_kind text not null,
  by_id uuid not null,
  session_id uuid,
  unit_id uuid,
  verb text not null,
  case_id uuid,
  shown uuid[] not null default '{}',
  refused text
);
create index access_log_of_case on access_log (case_id, at);

create table answered_posts (
  person_id uuid not null,
  key uuid not null,
  route text not null,
  body_hash bytea not null,
  answer text not null,
  at timestamptz not null default now(),
  primary key (person_id, key)
);
