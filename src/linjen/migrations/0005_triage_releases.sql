-- Versions of the triage's content: drafts and releases with the bytes of their files, and which one runs since when.

alter table assignments drop constraint assignments_role_check;
alter table assignments add constraint assignments_role_check check (role in
  ('nurse', 'physician', 'physiotherapist', 'counsellor', 'medical_secretary', 'user_admin', 'config_admin',
   'medical_approver'));

create table triage_releases (
  id uuid primary key,
  state text not null default 'draft' check (state in ('draft', 'released', 'retired')),
  stamp text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  note text not null check (length(note) <= 2000),
  based_on text not null,
  version integer not null default 1 check (version > 0),
  author_id uuid not null references staff,
  created_at timestamptz not null default now(),
  changed_by uuid not null references staff,
  changed_at timestamptz not null default now(),
  approver_id uuid references staff,
  approved_at timestamptz,
  retired_by uuid references staff,
  retired_at timestamptz,
  check ((state = 'draft') = (approver_id is null)),
  check ((approver_id is null) = (approved_at is null)),
  check ((state = 'retired') = (retired_by is not null)),
  check ((retired_by is null) = (retired_at is null))
);
create unique index triage_releases_by_stamp on triage_releases (stamp) where state <> 'draft';

create table triage_files (
  release_id uuid not null references triage_releases on delete cascade,
  name text not null check (name ~ '^[a-z0-9_]{1,80}\.yaml$'),
  content bytea not null check (length(content) <= 1000000),
  primary key (release_id, name)
);

-- The row with the highest number is the one that holds; without a row the content that the program ships runs.
-- Two who switch at the same time both try to write the next number, and one of them is told so.
create table triage_switches (
  number integer primary key check (number > 0),
  release_id uuid references triage_releases,
  triage_on boolean not null,
  note text not null check (length(note) <= 2000),
  by_id uuid not null references staff,
  at timestamptz not null default now()
);

-- What has been approved never changes again, whoever asks: it may only be retired.
create function refuse_change_of_release() returns trigger language plpgsql as $$
begin
  if old.state = 'draft' then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  if tg_op = 'UPDATE' and old.state = 'released' and new.state = 'retired'
    and (new.id, new.stamp, new.sha256, new.note, new.based_on, new.version, new.author_id, new.created_at,
         new.changed_by, new.changed_at, new.approver_id, new.approved_at)
      = (old.id, old.stamp, old.sha256, old.note, old.based_on, old.version, old.author_id, old.created_at,
         old.changed_by, old.changed_at, old.approver_id, old.approved_at) then
    return new;
  end if;
  raise exception 'a release never changes';
end $$;
create trigger release_never_changes before update or delete on triage_releases
  for each row execute function refuse_change_of_release();

create function refuse_change_of_released_file() returns trigger language plpgsql as $$
begin
  if exists (select 1 from triage_releases r where r.state <> 'draft'
             and r.id = case when tg_op = 'INSERT' then new.release_id else old.release_id end) then
    raise exception 'a release never changes';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger released_file_never_changes before insert or update or delete on triage_files
  for each row execute function refuse_change_of_released_file();
