-- How a staff member's pages look to her: the size of letters, and whether the title counts those who wait.

alter table staff_desks
  add column letters text not null default 'usual' check (letters in ('usual', 'large', 'larger')),
  add column title_count boolean not null default true;
