-- Spärr: what a unit has documented, blocked by its patient for the provider's other units; and each time it was opened.

create table access_blocks (
  id uuid primary key,
  resident_id uuid not null references residents,
  unit_id uuid not null references units,
  set_at timestamptz not null default now(),
  lifted_at timestamptz,
  check (lifted_at >= set_at)
);

create unique index access_blocks_living on access_blocks (resident_id, unit_id) where lifted_at is null;
create index on access_blocks (resident_id);
create index on access_blocks (unit_id);

create table block_openings (
  id uuid primary key,
  block_id uuid not null references access_blocks,
  -- The case in which it was opened, at the unit of who opened it.
  case_id uuid not null references cases,
  staff_id uuid not null references staff,
  unit_id uuid not null references units,
  kind text not null check (kind in ('consent', 'emergency')),
  reason text not null,
  why_sealed bytea not null,
  opened_at timestamptz not null default now(),
  until_at timestamptz not null check (until_at > opened_at),
  reviewed_at timestamptz,
  reviewed_by uuid references staff,
  verdict text check (verdict in ('right', 'wrong')),
  remark_sealed bytea,
  constraint block_openings_review_is_whole check ((reviewed_at is null) = (reviewed_by is null)
    and (reviewed_at is null) = (verdict is null) and (reviewed_at is not null or remark_sealed is null))
);

create index on block_openings (block_id, staff_id);
create index on block_openings (case_id);

-- The patient is told of it, in words that say nothing of what it is.
alter table sms drop constraint sms_kind_check;
alter table sms add constraint sms_kind_check check (kind in
  ('your_turn', 'new_message', 'new_case', 'reminder', 'free_text', 'block_opened', 'staff_new_case', 'staff_request',
   'staff_level_one', 'manager_level_one', 'manager_load'));
alter table pushes drop constraint pushes_kind_check;
alter table pushes add constraint pushes_kind_check check (kind in
  ('your_turn', 'new_message', 'new_case', 'reminder', 'block_opened'));
