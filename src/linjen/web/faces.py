"""Whose name and unit stand at the top of a page, and the unit's hours: asked for once a minute; they decide nothing.

Whether the account lives and what it may do is asked anew at every request, by the session and the policy.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from linjen.core.database import Connection, Database
from linjen.units.opening import see_schedule
from linjen.units.schedule import Schedule

_FRESH_S = 60
_MOST = 20_000

_STAFF = """
select s.id, s.given_name, s.surname, s.title, coalesce(d.density, 'roomy') as density, d.notice_levels, d.sound,
  d.notices, coalesce(d.single_keys, true) as single_keys, d.keys, coalesce(d.letters, 'usual') as letters,
  coalesce(d.title_count, true) as title_count
from staff s left join staff_desks d on d.staff_id = s.id where s.id = $1
"""
_UNIT = "select id, name, hsa_id, kind, provider_id from units where id = $1"
_RESIDENT = "select id, given_name, surname, birth_on from residents where id = $1"


class Faces:
    """The rows of people and units that pages show of their reader."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hours: dict[UUID, tuple[float, Schedule]] = {}
        self._known: dict[tuple[UUID, UUID | None], tuple[float, Any, Any]] = {}

    async def look_up(self, kind: str, person_id: UUID, unit_id: UUID | None) -> tuple[Any, Any]:
        """(person, unit) as database rows; unit is None for residents and before one is chosen."""
        known = self._known.get((person_id, unit_id))
        if known is not None and time.monotonic() < known[0]:
            return known[1], known[2]
        person = await self._database.fetch_row(_STAFF if kind == "staff" else _RESIDENT, person_id)
        unit = await self._database.fetch_row(_UNIT, unit_id) if unit_id is not None else None
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[person_id, unit_id] = (time.monotonic() + _FRESH_S, person, unit)
        return person, unit

    async def hours_of(self, db: Connection, unit_id: UUID) -> Schedule:
        """When a unit is open, as the top of its pages tells it; `db` is asked where it is not known."""
        known = self._hours.get(unit_id)
        if known is None or time.monotonic() >= known[0]:
            known = self._hours[unit_id] = (time.monotonic() + _FRESH_S, await see_schedule(db, unit_id))
        return known[1]

    def forget(self, person_id: UUID) -> None:
        """What a person has just changed is looked up anew by her next page in this process."""
        for key in [key for key in self._known if key[0] == person_id]:
            del self._known[key]
