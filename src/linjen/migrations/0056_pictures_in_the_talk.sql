-- Skicka bild: a picture that is sent in the talk hangs on its message. Until it is sent it lies apart, so that nothing
-- that reads a case's pictures can show it to anybody but who chose it.

create table picture_drafts (
  id uuid primary key,
  case_id uuid not null references cases,
  by_id uuid not null,
  display_sealed bytea not null,
  thumbnail_sealed bytea not null,
  about_sealed bytea,
  width integer not null,
  height integer not null,
  made_at timestamptz not null default clock_timestamp()
);
create index on picture_drafts (case_id, by_id);
create index on picture_drafts (made_at);

alter table pictures add column message_id uuid references messages;
create unique index on pictures (message_id) where message_id is not null;
