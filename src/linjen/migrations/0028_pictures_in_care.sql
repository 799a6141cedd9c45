-- Spara till PACS marks a picture for the export; Fel patient takes one away from its case, with a trace, so that nobody
-- sees it until the unit puts it back. What is set aside is not exported.

alter table pictures
  add column archive_at timestamptz,
  add column archive_by uuid references staff,
  add column set_aside_at timestamptz,
  add column set_aside_by uuid references staff,
  add check ((archive_at is null) = (archive_by is null)),
  add check ((set_aside_at is null) = (set_aside_by is null)),
  add check (set_aside_at is null or archive_at is null);
