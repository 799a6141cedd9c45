-- What a resident needs in the contact with care, as she has said herself: asked once, and kept until she changes it.

alter table residents
  add column hearing boolean not null default false,
  add column vision boolean not null default false,
  add column needs_at timestamptz;
