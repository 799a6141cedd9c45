"""Öppettider och stängningar: a unit's schedule as the database keeps it, for the rules of hours.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from linjen.core import clock
from linjen.core.database import Connection
from linjen.units.schedule import STAFF_STAY, Schedule, WeekFrom, schedule_from_rows, week_from_rows

Hours = tuple[int, time, time]


async def see_schedule(db: Connection, unit_id: UUID) -> Schedule:
    """The unit's hours and closures; without rows a schedule that is never open."""
    return (await list_schedules(db, [unit_id]))[unit_id]


async def list_schedules(db: Connection, unit_ids: Sequence[UUID]) -> dict[UUID, Schedule]:
    """The schedules of several units; closures that have ended are left out."""
    if not unit_ids:
        return {}
    hours = await db.fetch(
        "select unit_id, from_on, stay_minutes, weekday, opens, closes from opening_hours"
        " where unit_id = any($1::uuid[])",
        list(unit_ids),
    )
    closures = await db.fetch(
        "select unit_id, from_at, until_at, kind, reason from closures where unit_id = any($1::uuid[])"
        " and until_at > now() - interval '1 day'",
        list(unit_ids),
    )
    weeks: dict[UUID, dict[tuple[date, int], list[Hours]]] = defaultdict(lambda: defaultdict(list))
    for row in hours:
        from_day = row["from_on"], row["stay_minutes"]
        weeks[row["unit_id"]][from_day].append((row["weekday"], row["opens"], row["closes"]))
    other: dict[UUID, list[tuple[datetime, datetime, str, str]]] = defaultdict(list)
    for row in closures:
        other[row["unit_id"]].append((row["from_at"], row["until_at"], row["kind"], row["reason"]))
    today = clock.local_date(clock.now())
    return {unit_id: _schedule(weeks[unit_id], other[unit_id], today) for unit_id in unit_ids}


def _schedule(
    weeks: Mapping[tuple[date, int], list[Hours]], closures: list[tuple[datetime, datetime, str, str]], today: date
) -> Schedule:
    if not any(from_on > today for from_on, _ in weeks) and len(weeks) < 2:  # as nearly every unit
        stay = next((timedelta(minutes=minutes) for _, minutes in weeks), STAFF_STAY)
        return schedule_from_rows(next(iter(weeks.values()), []), closures, stay)
    dated = tuple(
        WeekFrom(from_on=from_on, week=week_from_rows(rows), stay_minutes=minutes)
        for (from_on, minutes), rows in sorted(weeks.items(), key=lambda one: one[0])
    )
    now = max((one for one in weeks if one[0] <= today), default=None)
    rows, stay = (weeks[now], timedelta(minutes=now[1])) if now else ([], STAFF_STAY)
    return schedule_from_rows(rows, closures, stay, dated)
