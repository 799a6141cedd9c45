"""Stängda dagar: what of a unit's open cases falls in its coming temporary closures, for who is about to close it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from linjen.cases.waiting.shutting import count_left
from linjen.cases.waiting.turn import DEADLINES_SQL
from linjen.core.database import Connection

_CLOSURES: Final = "closures x where x.unit_id = v.unit_id and x.kind <> 'holiday_open' and x.until_at > now()"

#: A day of the closure on the Swedish clock.
_ON_DAY: Final = """{day} between (x.from_at at time zone 'Europe/Stockholm')::date
  and ((x.until_at - interval '1 microsecond') at time zone 'Europe/Stockholm')::date"""

_BOOKED: Final = f"""
select count(*) from visits v where v.unit_id = $1 and v.booked_on is not null and v.state <> 'closed'
  and exists (select 1 from {_CLOSURES} and {_ON_DAY.format(day="v.booked_on")})
"""

#: Promised for those days: an asynchronous case's day, and a time at which somebody is to be called.
_PROMISED: Final = f"""
select count(*) from cases c join visits v on v.id = c.visit_id
where v.unit_id = $1 and v.state in ('queued', 'in_progress') and exists (select 1 from {_CLOSURES} and (
  (v.kind = 'async' and {_ON_DAY.format(day="v.until_on")})
  or exists (select 1 from call_backs b cross join lateral unnest(b.from_at, b.until_at) as t (from_at, until_at)
    where b.case_id = c.id and b.state = 'waiting' and t.from_at < x.until_at and t.until_at > x.from_at)))
"""

#: Whose deadline passes then: as the ledger counts it, while it waits or nobody has answered since it came.
_DUE: Final = f"""
select v.priority as level, count(*) as count from cases c join visits v on v.id = c.visit_id
join {DEADLINES_SQL} as usual (level, minutes) on usual.level = v.priority
left join unit_deadlines own on own.unit_id = v.unit_id and own.level = v.priority
where v.unit_id = $1 and v.booked_on is null
  and (v.state = 'queued' or (v.state = 'in_progress' and c.turn = 'staff' and c.turn_at <= v.queued_at))
  and exists (select 1 from {_CLOSURES}
    and v.queued_at + coalesce(own.minutes, usual.minutes) * interval '1 minute' between x.from_at and x.until_at)
group by v.priority order by v.priority
"""


class Closing(msgspec.Struct, frozen=True):
    """What falls in the closures: `open` cases at the unit, `booked` visits and what is `promised` on those days, and
    by level how many cases have a deadline that passes (`due`).
    """

    open: int
    booked: int
    promised: int
    due: Mapping[int, int]


async def count_in_closures(db: Connection, unit_id: UUID) -> Closing:
    """By the closures that the unit has now. Numbers only; the caller has asked the policy."""
    return Closing(
        (await count_left(db, unit_id)).open, int(await db.fetchval(_BOOKED, unit_id)),
        int(await db.fetchval(_PROMISED, unit_id)),
        {row["level"]: row["count"] for row in await db.fetch(_DUE, unit_id)},
    )  # fmt: skip
