"""Tagna efter bemanningens slut: what is taken while nobody is planned to be there waits for no morning with nobody.

Who really works in the evening keeps what she takes as long as she is there: her session at the unit is used. One who
has signed out, or whose session has been idle past its limit, is there no more, and the case goes back to its queue.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from linjen.cases.moves.left_behind import NOT_KEPT, find_held_since, return_row
from linjen.core import clock
from linjen.core.batches import in_batches
from linjen.core.database import Connection, Database
from linjen.units.hours import last_staffed_end, staffed_until
from linjen.units.opening import list_schedules

#: A session at another unit keeps a case for so long; after that only one at the case's own unit does.
LONGEST: Final = timedelta(minutes=60)

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: $2 and $3: unstaffed units and when their staff left; $4 today; $5 now, since $6 a session must have been used, and
#: what was taken before $7 has had its time.
_TAKEN_SINCE = f"""
select c.id, v.holder_id, 'after_hours' as reason from unnest($2::uuid[], $3::timestamptz[]) as left_at (unit_id, at)
join visits v on v.unit_id = left_at.unit_id and v.state = 'in_progress' and v.claimed_at >= left_at.at
join cases c on c.id = v.case_id and c.visit_id = v.id where {NOT_KEPT}
  and not exists (select 1 from sessions s where s.kind = 'staff' and s.person_id = v.holder_id and s.ended_at is null
    and s.expires_at > $5 and s.seen_at >= $6 and (s.unit_id = v.unit_id or v.claimed_at > $7))
order by c.id limit $1 for no key update of c skip locked
"""


async def return_after_hours(database: Database, idle_s: int, at: datetime) -> int:
    """Put back what was taken at an unstaffed unit by somebody who is not there at `at` (UTC): no session of hers that
    was used within `idle_s` seconds; how many. Cheap where there is none of it, so it is asked every few seconds.
    """
    async with database.connection() as db:
        left = await _unstaffed(db, at)
    if not left:
        return 0
    return await in_batches(
        database, _TAKEN_SINCE, list(left), list(left.values()), clock.local_date(at), at, clock.before(at, idle_s),
        at - LONGEST, each=return_row,
    )  # fmt: skip


async def _unstaffed(db: Connection, at: datetime) -> dict[UUID, datetime]:
    """When the staff last left, of each unit where nobody is planned to be at `at` and something is held."""
    schedules = await list_schedules(db, list(await find_held_since(db, at)))
    return {
        unit_id: last_staffed_end(schedule, at) or _NEVER
        for unit_id, schedule in schedules.items() if staffed_until(schedule, at) is None
    }  # fmt: skip
