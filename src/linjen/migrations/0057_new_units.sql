-- Öppna en ny enhet: when somebody opened it and who, and which unit it takes the place of. A unit from before has no
-- opened_at; an opened one takes no new cases until it has hours and somebody works there.

alter table units
  add column opened_at timestamptz,
  add column opened_by uuid references staff,
  add column replaces uuid references units,
  add constraint units_opened_by_somebody check ((opened_at is null) = (opened_by is null)),
  add constraint units_replace_another check (replaces <> id);
create index units_replacing on units (replaces) where replaces is not null;
