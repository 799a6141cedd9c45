"""Vårdenheter: a unit with its week and closures, as the database keeps them."""

from __future__ import annotations

from datetime import time
from uuid import UUID

import msgspec

from linjen.core.database import Connection, Row
from linjen.core.errors import NotFound


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A care unit. `hours` holds (weekday 0-6 from Monday, opens, closes) in Swedish local time."""

    id: UUID
    provider_id: UUID
    hsa_id: str
    name: str
    kind: str
    phone: str
    takes_residents: bool
    hours: list[tuple[int, time, time]] = []


_COLUMNS = "id, provider_id, hsa_id, name, kind, phone, takes_residents"


async def _with_hours(db: Connection, row: Row) -> Unit:
    hours = await db.fetch(
        "select weekday, opens, closes from opening_hours where unit_id = $1 order by weekday, opens", row["id"]
    )
    return Unit(**dict(row), hours=[(h["weekday"], h["opens"], h["closes"]) for h in hours])


async def see_unit(db: Connection, unit_id: UUID) -> Unit:
    """The unit with its hours; NotFound otherwise."""
    row = await db.fetchrow(f"select {_COLUMNS} from units where id = $1", unit_id)
    if row is None:
        raise NotFound("unit")
    return await _with_hours(db, row)


async def find_by_hsa_id(db: Connection, hsa_id: str) -> Unit | None:
    """The unit with this HSA-id, if it is one of ours."""
    row = await db.fetchrow(f"select {_COLUMNS} from units where hsa_id = $1", hsa_id)
    return await _with_hours(db, row) if row else None


async def list_units_for_residents(db: Connection) -> list[Unit]:
    """The units a resident may choose, by name."""
    rows = await db.fetch(f"select {_COLUMNS} from units where takes_residents order by name")
    return [await _with_hours(db, row) for row in rows]
