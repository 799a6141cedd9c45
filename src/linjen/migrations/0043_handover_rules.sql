-- Överlämningar: whether the unit wants a line to the receiver, and after how many staffed minutes a case that a named
-- colleague has not taken waits for everybody in her role. 0: it waits for her.

alter table units
  add column handover_note boolean not null default false,
  add column handover_minutes smallint not null default 60 check (handover_minutes between 0 and 480);
