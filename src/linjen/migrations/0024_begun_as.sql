-- Gör asynkront is its holder's own promise: in a queue a visit is what it was begun as, and the database says so. What
-- care began as asynchronous stays so, since its patient was told the day.

alter table visits add column begun_as text not null default 'drop_in'
  check (begun_as in ('drop_in', 'scheduled', 'scheduled_free', 'async'));
update visits v set begun_as = 'async' from events e
  where e.case_id = v.case_id and e.kind = 'case_begun' and e.data->>'how' = 'async' and v.kind = 'async';
update visits set kind = begun_as, until_on = null where state = 'queued' and kind <> begun_as;
alter table visits add check (state <> 'queued' or kind = begun_as);
