"""Vad som är på väg: new cases to expect in a unit's next staffed hours, from how they came in the last weeks.

Counted by weekday and hour on the Swedish clock, over as many whole weeks as the unit has had cases, four at the most.
What comes while nobody is there waits for the next staffed hour and is told with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from linjen.core import clock
from linjen.core.database import Connection
from linjen.units.hours import staffed_minutes
from linjen.units.schedule import Schedule

#: Only what happened lately says something of today.
MOST_WEEKS = 4
#: So many staffed hours are told, of so many hours ahead.
SHOWN = 12
_AHEAD = 7 * 24
_HOUR = timedelta(hours=1)


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One hour with staff, from `at` (UTC): the cases to expect in it, those that come before it while nobody is there,
    and for how many minutes somebody is.
    """

    at: datetime
    expected: float
    before: float
    staffed: int


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """`weeks` is how many whole weeks were counted, 0 for too few to say anything; `counted` the cases in them."""

    weeks: int
    counted: int
    waiting: int
    held: int
    staffed_today: int
    expected_today: float
    hours: list[Hour]


_FIRST = "select min(sent_at) from cases where unit_id = $1 and phase = 'sent' and begun_by is null and sent_at > $2"
_CAME = """
select extract(isodow from came)::int as day, extract(hour from came)::int as hour, count(*) as count from (
  select sent_at at time zone 'Europe/Stockholm' as came from cases
  where unit_id = $1 and phase = 'sent' and begun_by is null and sent_at > $2 and sent_at <= $3
) a group by 1, 2
"""
_OPEN = """
select count(*) filter (where state = 'queued' and queued_at <= $2) as waiting,
  count(*) filter (where state = 'in_progress') as held from visits where unit_id = $1 and state <> 'closed'
"""


async def read_forecast(db: Connection, unit_id: UUID, schedule: Schedule, at: datetime) -> Forecast:
    """What is coming to a unit at `at` (UTC). Numbers only; the caller has asked the policy (see_load)."""
    first = await db.fetchval(_FIRST, unit_id, at - timedelta(weeks=MOST_WEEKS))
    weeks = min(MOST_WEEKS, round((at - first) / timedelta(weeks=1))) if first else 0
    rows = await db.fetch(_CAME, unit_id, at - timedelta(weeks=weeks), at) if weeks else []
    standing = await db.fetchrow(_OPEN, unit_id, at)
    usual = {(row["day"], row["hour"]): row["count"] / weeks for row in rows}
    hours = next_hours(schedule, at, usual)
    today = [one for one in hours if clock.local_date(one.at) == clock.local_date(at)]
    return Forecast(
        weeks=weeks, counted=sum(row["count"] for row in rows), waiting=standing["waiting"] if standing else 0,
        held=standing["held"] if standing else 0, staffed_today=sum(one.staffed for one in today),
        expected_today=sum(one.expected + one.before for one in today), hours=hours,
    )  # fmt: skip


def next_hours(schedule: Schedule, at: datetime, usual: Mapping[tuple[int, int], float]) -> list[Hour]:
    """The next staffed hours after `at`, the running one with what is left of it. `usual` has the cases of an hour by
    (ISO weekday, hour) on the Swedish clock.
    """
    found: list[Hour] = []
    before, start = 0.0, at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for ahead in range(_AHEAD):
        begins = max(start + ahead * _HOUR, at)
        ends = start + (ahead + 1) * _HOUR
        local = clock.local(start + ahead * _HOUR)
        expected = usual.get((local.isoweekday(), local.hour), 0.0) * ((ends - begins) / _HOUR)
        staffed = round(staffed_minutes(schedule, begins, ends))
        if not staffed:
            before += expected
            continue
        found.append(Hour(at=begins, expected=expected, before=before, staffed=staffed))
        before = 0.0
        if len(found) == SHOWN:
            break
    return found
