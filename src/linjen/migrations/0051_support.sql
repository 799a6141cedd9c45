-- Support: what somebody wants help with in the service itself, and the line that tells how the service is.

create table support_requests (
  id uuid primary key,
  by_id uuid references residents,
  about text not null check (about in ('sign_in', 'pages', 'other')),
  body_sealed bytea not null,
  answer_by text not null check (answer_by in ('email', 'phone')),
  reach_sealed bytea not null,
  language text not null,
  at timestamptz not null default now(),
  answered_at timestamptz,
  answered_by uuid references staff,
  note_sealed bytea,
  closed_at timestamptz,
  closed_by uuid references staff,
  constraint support_answer_is_whole check ((answered_at is null) = (answered_by is null)),
  constraint support_closing_is_whole check ((closed_at is null) = (closed_by is null))
);
create index support_requests_open on support_requests (at) where closed_at is null;

create table service_status (
  one boolean primary key default true check (one),
  line text not null default '' check (length(line) <= 300),
  line_en text not null default '' check (length(line_en) <= 300),
  since timestamptz,
  set_by uuid references staff
);
insert into service_status default values;
