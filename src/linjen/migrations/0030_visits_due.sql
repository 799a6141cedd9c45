-- When open pages were told that the time of a booked visit has come; once, since nothing else happens at that moment.

alter table visits add column due_told_at timestamptz;
create index visits_to_tell on visits (queued_at) where booked_on is not null and state = 'queued' and due_told_at is null;
