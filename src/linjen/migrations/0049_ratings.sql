-- Fick du den hjälp du behövde: one answer a case, or that it is not to be asked; and who wants to hear of it no more.

create table ratings (
  case_id uuid primary key references cases,
  visit_id uuid not null references visits,
  unit_id uuid not null references units,
  by_id uuid not null references residents,
  answer text check (answer in ('yes', 'partly', 'no')),
  line_sealed bytea,
  at timestamptz not null default now(),
  constraint ratings_without_answer_have_no_line check (answer is not null or line_sealed is null)
);
create index on ratings (unit_id, at) where answer is not null;

create table rating_refusals (
  resident_id uuid primary key references residents,
  at timestamptz not null default now()
);
