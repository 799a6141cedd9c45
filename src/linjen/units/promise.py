"""A unit's schedule as the database keeps it now, for saying honestly when somebody is there and when they answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linjen.core.database import Connection
from linjen.units.schedule import Schedule, schedule_from_rows


async def read_schedule(db: Connection, unit_id: UUID, at: datetime) -> Schedule:
    """The unit's week with the closures and special openings that have not ended at `at` (F032, F033)."""
    hours = await db.fetch("select weekday, opens, closes from opening_hours where unit_id = $1", unit_id)
    closures = await db.fetch(
        "select from_at, until_at, kind, reason from closures where unit_id = $1 and until_at > $2", unit_id, at
    )
    return schedule_from_rows(
        [(row["weekday"], row["opens"], row["closes"]) for row in hours],
        [(row["from_at"], row["until_at"], row["kind"], row["reason"]) for row in closures],
    )
