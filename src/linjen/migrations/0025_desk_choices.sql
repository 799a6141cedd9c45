-- What a staff member has chosen for her own screen, and the views of the ledger that she has given a name. A saved view
-- holds filters of fixed words alone: what she searches for is kept nowhere.

alter table staff_desks
  add column density text not null default 'roomy' check (density in ('roomy', 'compact')),
  add column notice_levels smallint[] not null default '{}',
  add column sound smallint not null default 0 check (sound between 0 and 3),
  add column notices boolean not null default false,
  add column single_keys boolean not null default true,
  add column keys jsonb not null default '{}';

create table saved_views (
  id uuid primary key,
  staff_id uuid not null references staff,
  name text not null check (char_length(name) between 1 and 40),
  view text not null,
  filters text not null check (char_length(filters) <= 200),
  saved_at timestamptz not null default now()
);
create index saved_views_of on saved_views (staff_id);
