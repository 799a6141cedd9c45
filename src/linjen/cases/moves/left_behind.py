"""Kvarlämnade ärenden: what is held by somebody who is not there any more goes back to its queue by itself.

Nothing is ever lost (routine F036, F066): when the staffed time of a unit ends, when somebody signs out, and when the
holder may not open the case any more. What is asynchronous stays with its holder until its day, as long as she may.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.access.policy import reaches
from linjen.cases.waiting.queues import TO_QUEUE
from linjen.cases.waiting.turn import DEADLINES_SQL
from linjen.core import clock
from linjen.core.batches import in_batches
from linjen.core.database import Connection, Database, Row
from linjen.core.events import record
from linjen.people.workplaces import CARE_ROLES
from linjen.units.hours import last_staffed_end
from linjen.units.opening import list_schedules

_TO_QUEUE = f"""
update visits v set {TO_QUEUE}
from cases c where c.visit_id = v.id and c.id = $1 and v.state = 'in_progress' and v.holder_id = $2 returning c.id
"""

#: Whose account or assignment at the unit has ended, or who has left there only what the policy does not let open the
#: case: to her it is not there any more, and nobody else would take it from her.
_GONE = f"""
select c.id, v.holder_id,
  case when exists (select 1 from assignments a join staff s on s.id = a.staff_id and s.active
      where a.staff_id = v.holder_id and a.unit_id = v.unit_id and a.role = any($2)
        and a.from_at <= now() and (a.ended_at is null or a.ended_at > now()))
    then 'role_ended' else 'assignment_ended' end as reason
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
where v.state = 'in_progress' and not {reaches("v.holder_id")}
order by c.id limit $1 for no key update of c skip locked
"""

#: Not kept on purpose: asynchronous until its day, or silent until one that its holder has named. $4 is today.
NOT_KEPT = """(v.kind <> 'async' or v.until_on < $4)
  and not exists (select 1 from silences s where s.case_id = c.id and s.kept_until > $4)"""

#: What was held when the staff of its unit last left. Who works on after that, and takes a case then, keeps it while
#: she is there (after_hours.py).
_UNSTAFFED = f"""
select c.id, v.holder_id, 'unstaffed' as reason from unnest($2::uuid[], $3::timestamptz[]) as left_at (unit_id, at)
join visits v on v.unit_id = left_at.unit_id and v.state = 'in_progress' and v.claimed_at < left_at.at
join cases c on c.id = v.case_id and c.visit_id = v.id where {NOT_KEPT}
order by c.id limit $1 for no key update of c skip locked
"""


#: Units where something is held, and since when; asked often, so it locks nothing.
_HELD_SINCE = """
select unit_id, min(claimed_at) as since from visits
where state = 'in_progress' and (kind <> 'async' or until_on < $1) group by unit_id
"""


async def return_unstaffed(database: Database, at: datetime) -> int:
    """Put back what the end of the staffed time has left behind at `at` (UTC); how many. Cheap when there is none of
    it, so it is asked every few seconds.
    """
    async with database.connection() as db:
        left = await _left_units(db, at)
    if not left:
        return 0
    on = clock.local_date(at)
    return await in_batches(database, _UNSTAFFED, list(left), list(left.values()), on, each=return_row)


async def return_from_gone(database: Database) -> int:
    """Put back what is held by somebody who may not open it any more; how many. Looks through all that is held, and
    locks nothing where there is none of it, so it is asked every few seconds, too.
    """
    return await in_batches(database, _GONE, sorted(CARE_ROLES), each=return_row)


async def return_row(db: Connection, row: Row) -> int:
    """Put back a locked case (`id`, `holder_id`, `reason`) with the event that says why; for `in_batches`."""
    await _return(db, row["id"], row["holder_id"], row["reason"])
    return 1


async def find_held_since(db: Connection, at: datetime) -> dict[UUID, datetime]:
    """Each unit where something is held at `at` that does not go on asynchronously, and when the first was taken."""
    return {row["unit_id"]: row["since"] for row in await db.fetch(_HELD_SINCE, clock.local_date(at))}


async def _left_units(db: Connection, at: datetime) -> dict[UUID, datetime]:
    """When the staff last left, of each unit where something was taken before that and may be held still."""
    since = await find_held_since(db, at)
    schedules = await list_schedules(db, list(since))
    ends = {unit_id: last_staffed_end(schedule, at) for unit_id, schedule in schedules.items()}
    return {unit_id: end for unit_id, end in ends.items() if end is not None and since[unit_id] < end}


async def _return(db: Connection, case_id: UUID, holder_id: UUID, reason: str) -> None:
    if await db.fetchval(_TO_QUEUE, case_id, holder_id) is not None:
        await record(db, case_id, "returned", "system", None, {"reason": reason})


#: What $1 holds and must be taken care of before she leaves: not asynchronous, or on or past its day ($3).
_HELD = "v.holder_id = $1 and v.state = 'in_progress' and (v.kind <> 'async' or v.until_on < $3)"
_CASES = "visits v join cases c on c.id = v.case_id and c.visit_id = v.id"
_HERE, _ELSEWHERE = "v.unit_id = $2", "v.unit_id is distinct from $2"

#: How many of these are at other units than $2, where she works now.
HELD_ELSEWHERE: Final = f"select count(*) from visits v where {_HELD} and {_ELSEWHERE}"


async def list_held(db: Connection, by: By) -> list[UUID]:
    """The cases that this person holds at her unit and that are not asynchronous, or whose day has passed: what must be
    taken care of before she leaves. Ids only; what is shown of them is read by see_ledger.
    """
    rows = await db.fetch(f"select c.id from {_CASES} where {_HELD} and {_HERE} order by v.queued_at", *by.asking())
    return [row["id"] for row in rows]


class HeldAt(msgspec.Struct, frozen=True):
    """How many cases somebody holds at a unit, and in how many of them a patient has written something unread."""

    unit_id: UUID
    unit: str
    cases: int
    unread: int


async def list_held_elsewhere(db: Connection, by: By) -> list[HeldAt]:
    """What this person still holds at other units than the one where she works now. Counts, so nothing is logged."""
    rows = await db.fetch(
        f"select u.id, u.name, count(*), count(*) filter (where c.staff_unread > 0) from {_CASES}"
        f" join units u on u.id = v.unit_id where {_HELD} and {_ELSEWHERE} group by u.id, u.name order by u.name",
        *by.asking(),
    )  # fmt: skip
    return [HeldAt(*row) for row in rows]


async def find_held_at(db: Connection, by: By, case_id: UUID) -> HeldAt | None:
    """At which other unit this person holds this case, where she may open it there; nothing of the case."""
    row = await db.fetchrow(
        f"select u.id, u.name, 1, 0 from {_CASES} join units u on u.id = v.unit_id where c.id = $3"
        f" and v.holder_id = $1 and v.state = 'in_progress' and {_ELSEWHERE} and {reaches('v.holder_id')}",
        by.person_id, by.unit_id, case_id,
    )  # fmt: skip
    return HeldAt(*row) if row else None


class Held(msgspec.Struct, frozen=True):
    """A case that somebody holds: its level, and when its answer is due (UTC), None while it is the patient's turn."""

    case_id: UUID
    level: int
    due_at: datetime | None


#: An answer is due within the deadline of the level: counted from when the case came or, where the patient has been
#: answered, from when she wrote again. Opening a case answers nothing, so what is unread says nothing here.
_HOLDING = f"""
select c.id, v.priority, c.turn, greatest(v.queued_at, c.turn_at) as since,
  coalesce(own.minutes, usual.minutes) as minutes
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
join {DEADLINES_SQL} as usual (level, minutes) on usual.level = v.priority
left join unit_deadlines own on own.unit_id = v.unit_id and own.level = v.priority
where v.holder_id = $1 and v.unit_id = $2 and v.state = 'in_progress'
"""


async def find_holding(db: Connection, by: By) -> dict[UUID, Held]:
    """All that this person holds at her unit, also what is asynchronous; nothing of it that is shown."""
    return {
        row["id"]: Held(
            row["id"], row["priority"],
            row["since"] + timedelta(minutes=row["minutes"]) if row["turn"] == "staff" else None,
        )
        for row in await db.fetch(_HOLDING, by.person_id, by.unit_id)
    }  # fmt: skip


async def return_mine(db: Connection, by: By) -> int:
    """Who signs out leaves nothing behind: what she holds and has not made asynchronous goes to its queue; how many.

    Also at other units, unless she is signed in there on another screen.
    """
    elsewhere = await db.fetch(
        f"select c.id from {_CASES} where {_HELD} and {_ELSEWHERE}"
        " and not exists (select from sessions s where s.kind = 'staff'"
        " and s.person_id = $1 and s.id <> $4 and s.unit_id = v.unit_id and s.ended_at is null"
        " and s.expires_at > now())",
        *by.asking(), by.session_id,
    )  # fmt: skip
    held = [*await list_held(db, by), *(row["id"] for row in elsewhere)]
    for case_id in held:
        await db.execute("select 1 from cases where id = $1 for no key update", case_id)
        await _return(db, case_id, by.person_id, "signed_out")
    return len(held)
