"""Ingen där: what waits for a colleague who has left goes to her role, and from a role that nobody has to one that is.

Nothing is ever lost (routine F036): a queue that nobody works with is before nobody. The unit's nurses take it, or
where there are none whoever there works with such a case; where nobody does it stays, and is found when somebody comes.
"""

from __future__ import annotations

from linjen.access.policy import reaches
from linjen.cases.waiting.queues import SERVED
from linjen.core.batches import in_batches
from linjen.core.database import Connection, Database, Row
from linjen.core.events import record

_ADDRESSEE_GONE = f"""
select c.id, v.id as visit_id, v.for_role as was, v.for_role as role, v.for_staff_id, 'addressee_gone' as why
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
where v.state = 'queued' and v.for_staff_id is not null and not {reaches("v.for_staff_id")}
order by c.id limit $1 for no key update of c skip locked
"""

#: Secretaries open administrative cases alone, and only such wait for them.
_WORKS = """w.unit_id = v.unit_id
  and (c.entry = 'admin' or (w.role <> 'medical_secretary' and w.queue <> 'medical_secretary'))"""

_NOBODY = f"""
with w as materialized ({SERVED})
select c.id, v.id as visit_id, v.for_role as was, v.for_staff_id, 'nobody_in_role' as why,
  (select w.queue from w where {_WORKS} order by w.queue <> 'nurse', w.queue limit 1) as role
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
where v.state = 'queued' and v.for_staff_id is null
  and not exists (select 1 from w where w.queue = v.for_role and {_WORKS})
  and exists (select 1 from w where {_WORKS})
order by c.id limit $1 for no key update of c skip locked
"""

#: It may have been taken or handed over meanwhile.
_REQUEUE = """
update visits set for_role = $2, for_staff_id = null
where id = $1 and state = 'queued' and for_role = $3 and for_staff_id is not distinct from $4 returning true
"""


async def requeue_unserved(database: Database) -> int:
    """Put before somebody what waits before nobody; how many. Each leaves an event, and keeps its place.

    Looks through all that waits, and locks nothing where there is none of it, so it is asked every few seconds.
    """
    moved = await in_batches(database, _ADDRESSEE_GONE, each=requeue)
    return moved + await in_batches(database, _NOBODY, each=requeue)


async def requeue(db: Connection, row: Row) -> int:
    """Put one waiting visit before `role` and nobody in particular, unless it has moved meanwhile; 1 if it was.

    `row` has the case's id, visit_id, was, for_staff_id, role and why.
    """
    if not await db.fetchval(_REQUEUE, row["visit_id"], row["role"], row["was"], row["for_staff_id"]):
        return 0
    await record(db, row["id"], "requeued", "system", None, {"role": row["role"], "why": row["why"]})
    return 1
