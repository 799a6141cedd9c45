-- Ring mig: a patient asks to be called instead of writing: at which number, when it suits her, and what came of it.

create table call_backs (
  id uuid primary key,
  case_id uuid not null references cases,
  by_id uuid not null references residents,
  number_sealed bytea,
  from_at timestamptz[] not null,
  until_at timestamptz[] not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'reached', 'unreached', 'in_chat', 'withdrawn', 'ended')),
  tries smallint not null default 0 check (tries between 0 and 2),
  asked_at timestamptz not null default now(),
  tried_at timestamptz,
  settled_at timestamptz,
  settled_by uuid references staff,
  constraint call_backs_times_are_pairs check (cardinality(from_at) = cardinality(until_at)),
  constraint call_backs_settled_has_its_time check ((state = 'waiting') = (settled_at is null))
);

create index on call_backs (case_id);
create unique index call_backs_waiting on call_backs (case_id) where state = 'waiting';
