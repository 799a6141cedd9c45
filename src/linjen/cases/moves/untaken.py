"""Inte mottaget: what a named colleague has not taken within the unit's minutes waits for everybody in her role.

The minutes are staffed ones of the receiving unit, so that nothing leaves her because it was evening. A booked visit
waits for its day.
"""

from __future__ import annotations

from datetime import datetime

from linjen.cases.moves.nobody_there import requeue
from linjen.core.database import Database
from linjen.units.hours import staffed_minutes
from linjen.units.opening import list_schedules

_AT_ONCE = 200

_UNTAKEN = """
select c.id, v.id as visit_id, v.for_role as was, v.for_role as role, v.for_staff_id, 'not_taken' as why,
  v.unit_id, u.handover_minutes as minutes, h.at
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
join units u on u.id = v.unit_id and u.handover_minutes > 0
join lateral (select at, seq, to_staff_id from handovers where case_id = c.id order by seq desc limit 1) h
  on h.to_staff_id = v.for_staff_id
where v.state = 'queued' and v.for_staff_id is not null and v.booked_on is null
  and h.at <= $1::timestamptz - make_interval(mins => u.handover_minutes)
  and not exists (select 1 from events e where e.case_id = c.id and e.seq > h.seq and e.kind = 'claimed')
order by h.at limit $2
"""


async def requeue_untaken(database: Database, at: datetime) -> int:
    """Put before a whole role what one of it has not taken; how many. Each leaves an event, and keeps its place.

    Who takes it in the same moment wins: what is moved must still wait for her.
    """
    async with database.connection() as db:
        rows = await db.fetch(_UNTAKEN, at, _AT_ONCE)
        schedules = await list_schedules(db, sorted({row["unit_id"] for row in rows})) if rows else {}
    due = [row for row in rows if staffed_minutes(schedules[row["unit_id"]], row["at"], at) >= row["minutes"]]
    moved = 0
    for row in due:
        async with database.transaction() as db:
            # The case first, as every writer takes it.
            await db.execute("select 1 from cases where id = $1 for no key update", row["id"])
            moved += await requeue(db, row)
    return moved
