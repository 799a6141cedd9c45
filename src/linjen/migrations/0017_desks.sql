-- How a staff member has set up her desk, and how many chats at once a unit lets anybody have.

create table staff_desks (
  staff_id uuid primary key references staff,
  chats smallint check (chats between 1 and 20)
);
create table unit_desks (
  unit_id uuid primary key references units,
  chats smallint not null check (chats between 1 and 20)
);

-- The form that asked for the next case: the same form once more is answered with the same case.
alter table visits add column claim_id uuid;
create index visits_held on visits (holder_id) where state = 'in_progress';
