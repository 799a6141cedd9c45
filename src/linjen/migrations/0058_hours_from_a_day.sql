-- Öppettider som gäller från en dag: the week of a unit is that of the latest day that has come, so that a coming one is
-- kept beside it and what is counted of the past keeps its hours; and how long the staff stay after each closing.

alter table opening_hours
  add column from_on date not null default '2000-01-01',
  add column stay_minutes smallint not null default 30 check (stay_minutes between 0 and 240),
  drop constraint opening_hours_pkey,
  add primary key (unit_id, from_on, weekday, opens);
