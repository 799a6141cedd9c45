-- A note to a colleague who is not there any more goes back to who wrote it, or to the holder; an invitation lapses.

alter table note_mentions
  add column gone_at timestamptz,
  add column instead_of uuid references staff,
  add check (gone_at is null or read_at is null);
-- Who is not there any more has not ended it herself, and nobody else has.
alter table invitations
  drop constraint invitations_check,
  add constraint invitations_ended_by_somebody check (ended_by is null or ended_at is not null);
