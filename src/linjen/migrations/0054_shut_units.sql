-- Stäng enheten: from which day it takes no new cases from outside, and since when it is shut. A shut unit has no open
-- case; what was closed there is still read.

alter table units
  add column shuts_on date,
  add column shut_at timestamptz,
  add constraint units_shut_on_a_day check (shut_at is null or shuts_on is not null);

-- What residents have begun to write to a unit and not sent: its administrator sees how many before she shuts it.
create index cases_begun on cases (unit_id) where sent_at is null;
