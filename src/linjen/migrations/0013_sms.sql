-- SMS: an outbox whose rows are written from committed events, each sent at most once; and cases that have gone silent.

create table sms (
  id uuid primary key,
  kind text not null check (kind in ('your_turn', 'new_message', 'new_case', 'reminder', 'free_text', 'staff_new_case')),
  -- What it follows from, so that one happening is one SMS however often it is read.
  cause text not null unique,
  to_kind text not null check (to_kind in ('resident', 'staff')),
  to_id uuid,
  case_id uuid not null references cases,
  text_id uuid,
  by_id uuid references staff,
  state text not null default 'waiting' check (state in
    ('waiting', 'sending', 'accepted', 'delivered', 'failed', 'uncertain', 'withheld', 'dropped')),
  reason text not null default '',
  gateway_id text not null default '',
  tries smallint not null default 0,
  created_at timestamptz not null default now(),
  next_at timestamptz not null default now(),
  sending_at timestamptz,
  changed_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by uuid references staff,
  settled_how text check (settled_how in ('again', 'phone', 'letter', 'other')),
  check ((state = 'sending') = (sending_at is not null)),
  check ((to_kind = 'staff') = (kind = 'staff_new_case')),
  check ((kind = 'free_text') = (text_id is not null)),
  check ((settled_at is null) = (settled_how is null))
);
create index sms_due on sms (next_at) where state = 'waiting';
create index sms_under_way on sms (sending_at) where state = 'sending';
create index sms_unsettled on sms (case_id) where state in ('failed', 'uncertain', 'withheld') and settled_at is null;
create index sms_of_case on sms (case_id, created_at);

-- Which residents get no SMS by a rule is found out when it is to be sent; what staff wrote themselves waits here.
create table sms_texts (
  id uuid primary key,
  case_id uuid not null references cases,
  by_id uuid not null references staff,
  body_sealed bytea not null,
  at timestamptz not null default now()
);

-- Staff wrote last and the resident has not answered: when the holder is to be asked what becomes of it.
create table silences (
  case_id uuid primary key references cases,
  since_seq integer not null,
  since_at timestamptz not null,
  due_at timestamptz not null,
  flagged_at timestamptz,
  kept_until date,
  reminded_at timestamptz
);
create index silences_due on silences (due_at) where flagged_at is null;

alter table staff add column phone text;
alter table staff add column sms_new_cases text not null default 'no'
  check (sms_new_cases in ('no', 'staffed', 'always'));

create table unit_sms (
  unit_id uuid primary key references units,
  free_text boolean not null default false
);
