"""Vem har öppnat det du spärrat: each opening as its patient reads it, with the unit, and never who it was by name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core.database import Connection


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One opening, for the unit that was opened. Times are UTC; `kind` is consent or emergency. It ended with its time
    or with the block itself.
    """

    unit_id: UUID
    kind: str
    reason: str
    by_unit: str
    opened_at: datetime
    until_at: datetime
    reviewed: bool


async def list_told(db: Connection, by: By) -> list[Told]:
    """Every opening of what she has blocked, the latest first, at most 200; her own, so that nothing is logged."""
    rows = await db.fetch(
        "select b.unit_id, o.kind, o.reason, u.name as by_unit, o.opened_at,"
        " least(o.until_at, b.lifted_at) as until_at, o.verdict is not null as"
        " reviewed from access_blocks b join block_openings o on o.block_id = b.id join units u on u.id = o.unit_id"
        " where b.resident_id = $1 order by o.opened_at desc, o.id limit 200",
        by.person_id,
    )
    return [Told(**dict(row)) for row in rows]
