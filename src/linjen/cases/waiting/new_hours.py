"""Andra öppettider: what of a unit's cases is touched by its hours: booked days, and times to call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from linjen.core import clock
from linjen.core.database import Connection
from linjen.units.hours import staffed_minutes
from linjen.units.opening import see_schedule
from linjen.units.schedule import spans_on

_BOOKED: Final = """
select booked_on, count(*) as count from visits
where unit_id = $1 and booked_on >= $2 and state <> 'closed' group by booked_on
"""
_CALLS: Final = """
select b.from_at, b.until_at from call_backs b join cases c on c.id = b.case_id join visits v on v.id = c.visit_id
where v.unit_id = $1 and b.state = 'waiting'
"""


async def count_touched(db: Connection, unit_id: UUID) -> Mapping[str, int]:
    """By the hours that the unit has now: `booked` visits on days without hours, and `calls` of which none of the times
    that are left has anybody there.
    """
    at, schedule = clock.now(), await see_schedule(db, unit_id)
    booked = await db.fetch(_BOOKED, unit_id, clock.local_date(at))
    calls = [list(zip(row["from_at"], row["until_at"], strict=True)) for row in await db.fetch(_CALLS, unit_id)]
    left = [[(max(begins, at), ends) for begins, ends in times if ends > at] for times in calls]
    return {
        "booked": sum(row["count"] for row in booked if not spans_on(schedule, row["booked_on"])),
        "calls": sum(bool(times) and not any(staffed_minutes(schedule, *one) for one in times) for times in left),
    }
