"""Öppettider och stängningar: a unit's schedule as the database keeps it, for the rules of hours.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from linjen.core.database import Connection
from linjen.units.schedule import Schedule, schedule_from_rows


async def see_schedule(db: Connection, unit_id: UUID) -> Schedule:
    """The unit's hours and closures; without rows a schedule that is never open."""
    return (await list_schedules(db, [unit_id]))[unit_id]


async def list_schedules(db: Connection, unit_ids: Sequence[UUID]) -> dict[UUID, Schedule]:
    """The schedules of several units; closures that have ended are left out."""
    hours = await db.fetch(
        "select unit_id, weekday, opens, closes from opening_hours where unit_id = any($1::uuid[])", list(unit_ids)
    )
    closures = await db.fetch(
        "select unit_id, from_at, until_at, kind, reason from closures where unit_id = any($1::uuid[])"
        " and until_at > now() - interval '1 day'",
        list(unit_ids),
    )
    week: dict[UUID, list[tuple[int, time, time]]] = defaultdict(list)
    for row in hours:
        week[row["unit_id"]].append((row["weekday"], row["opens"], row["closes"]))
    other: dict[UUID, list[tuple[datetime, datetime, str, str]]] = defaultdict(list)
    for row in closures:
        other[row["unit_id"]].append((row["from_at"], row["until_at"], row["kind"], row["reason"]))
    return {unit_id: schedule_from_rows(week[unit_id], other[unit_id]) for unit_id in unit_ids}
