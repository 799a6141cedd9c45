-- Visits of a later day within a case (F051, G26): a time, or a day without one. Such a visit waits in its role's queue
-- for the person it is booked with; `queued_at` is then when it is due, so that nothing of it has waited before.

alter table visits
  add column starts_at timestamptz,
  add column booked_on date,
  add column booked_by uuid references staff,
  add check (kind <> 'scheduled' or starts_at is not null),
  add check (kind not in ('scheduled', 'scheduled_free') or booked_on is not null);
create index visits_booked on visits (unit_id, booked_on) where booked_on is not null and state <> 'closed';
