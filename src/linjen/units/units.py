"""Vårdenheter: the care units; their hours stand in opening.py."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.units.shutting import awaits, takes_new


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A care unit."""

    id: UUID
    provider_id: UUID
    hsa_id: str
    name: str
    kind: str
    phone: str
    takes_residents: bool
    #: False from the day on which it takes no new cases, and when it is shut (units/shutting.py).
    takes_new: bool = True
    #: True for a new unit that has no hours, or nobody in care, yet.
    awaits: bool = False


_NAMES = ("id", "provider_id", "hsa_id", "name", "kind", "phone", "takes_residents")
_COLUMNS = f"{', '.join(_NAMES)}, {takes_new('units')} as takes_new, {awaits('units')} as awaits"


def unit_json(row: str) -> str:
    """SQL: a unit of a statement's own (`row` is its alias) as one JSON object, null for none; see `Unit`."""
    fields = ", ".join(f"'{name}', {row}.{name}" for name in _NAMES)
    takes = f"'takes_new', {takes_new(row)}, 'awaits', {awaits(row)}"
    return f"case when {row}.id is not null then jsonb_build_object({fields}, {takes}) end"


async def see_unit(db: Connection, unit_id: UUID) -> Unit:
    """The unit; NotFound otherwise."""
    row = await db.fetchrow(f"select {_COLUMNS} from units where id = $1", unit_id)
    if row is None:
        raise NotFound("unit")
    return Unit(**dict(row))


async def list_units_for_residents(db: Connection) -> list[Unit]:
    """The units a resident may choose, by name."""
    return [unit for unit in await list_units_of_residents(db) if unit.takes_new]


async def list_units_of_residents(db: Connection) -> list[Unit]:
    """The same with those that take no new cases any more: somebody may be registered there, or have it saved."""
    rows = await db.fetch(f"select {_COLUMNS} from units where takes_residents order by name")
    return [Unit(**dict(row)) for row in rows]


#: Whatever has taken the place of the unit $1, also of what took its place first; the nearest that takes new cases.
_SUCCESSOR = f"""
with recursive after as (
  select id, 1 as step from units where replaces = $1
  union all select n.id, a.step + 1 from after a join units n on n.replaces = a.id where a.step < 20
)
select {_COLUMNS} from units join after using (id) where takes_residents and {takes_new("units")} order by step limit 1
"""


async def find_successor(db: Connection, unit_id: UUID) -> Unit | None:
    """The unit that residents write to in the place of one that is shut, if it takes new cases already."""
    row = await db.fetchrow(_SUCCESSOR, unit_id)
    return Unit(**dict(row)) if row is not None else None
