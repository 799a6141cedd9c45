-- How many days after it was closed a resident may answer in a case: it then waits in the queue again. 0: never.

alter table units add column reopen_days smallint not null default 2 check (reopen_days between 0 and 30);
