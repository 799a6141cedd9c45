"""Vårdenheter: the care units; their hours stand in opening.py."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.errors import NotFound


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A care unit."""

    id: UUID
    provider_id: UUID
    hsa_id: str
    name: str
    kind: str
    phone: str
    takes_residents: bool


_COLUMNS = "id, provider_id, hsa_id, name, kind, phone, takes_residents"


def unit_json(row: str) -> str:
    """SQL: a unit of a statement's own (`row` is its alias) as one JSON object, null for none; see `Unit`."""
    fields = ", ".join(f"'{name}', {row}.{name}" for name in _COLUMNS.split(", "))
    return f"case when {row}.id is not null then jsonb_build_object({fields}) end"


async def see_unit(db: Connection, unit_id: UUID) -> Unit:
    """The unit; NotFound otherwise."""
    row = await db.fetchrow(f"select {_COLUMNS} from units where id = $1", unit_id)
    if row is None:
        raise NotFound("unit")
    return Unit(**dict(row))


async def list_units_for_residents(db: Connection) -> list[Unit]:
    """The units a resident may choose, by name."""
    rows = await db.fetch(f"select {_COLUMNS} from units where takes_residents order by name")
    return [Unit(**dict(row)) for row in rows]
