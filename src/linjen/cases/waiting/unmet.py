"""Nivå 1 som ingen har sett: unread for five staffed minutes alarms the role, and five more the head of the unit.

Unread is a case of level 1 that waits and that nobody has taken, or one that is held and holds something of the
resident's that its holder has not read. A row for each time and step keeps two nodes from telling the same twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection, Database
from linjen.core.events import record
from linjen.units.hours import staffed_minutes, staffed_until
from linjen.units.opening import list_schedules
from linjen.units.schedule import Schedule

#: Staffed minutes until the role is told, and from then until the head of the unit is.
STEP_MINUTES: Final = 5


class Unmet(msgspec.Struct, frozen=True):
    """A case of level 1 that nobody has seen to since `since_at` (UTC)."""

    case_id: UUID
    visit_id: UUID
    unit_id: UUID
    since_at: datetime


class UnmetHere(msgspec.Struct, frozen=True):
    """What the head of a unit is told: how many cases of level 1 nobody has seen to, and since when the first (UTC)."""

    unit_id: UUID
    unit_name: str
    cases: int
    since_at: datetime


#: Since when: it came, came back or became so urgent; or the first message that its holder has not read.
_UNMET = """
select c.id as case_id, v.id as visit_id, v.unit_id,
  greatest(case v.state when 'queued' then v.queued_at else greatest(v.claimed_at, unread.sent_at) end, again.at)
    as since_at
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
left join lateral (
  select min(m.sent_at) as sent_at from messages m where m.case_id = c.id and m.by_kind = 'resident'
    and m.seq > coalesce((select r.read_seq from reading_marks r where r.case_id = c.id and r.party = 'staff'), 0)
) unread on v.state = 'in_progress'
left join lateral (
  select max(e.at) as at from events e where e.case_id = c.id and (e.kind in ('released', 'returned', 'handed_over')
    or (e.kind in ('reprioritised', 'alarm_heard', 'further_answered') and (e.data ->> 'to')::integer = 1
        and (e.data ->> 'from')::integer > 1))
) again on true
where v.priority = 1 and v.state in ('queued', 'in_progress')
  and (v.state = 'queued' or (c.staff_unread > 0 and unread.sent_at is not null))
"""


async def tell_unmet(database: Database, at: datetime) -> int:
    """Tell of what nobody has seen to at `at`, and end what somebody has; how many steps were told. Nothing is told
    while the unit is unstaffed: its minutes do not count.
    """
    async with database.connection() as db:
        unmet = [Unmet(**dict(row)) for row in await db.fetch(_UNMET)]
        told = await _standing(db)
        schedules = await list_schedules(db, list({one.unit_id for one in unmet})) if unmet else {}
    await _end(database, told.keys() - {(one.visit_id, one.since_at) for one in unmet}, at)
    due = [
        (one, _step_due(schedules[one.unit_id], one, told.get((one.visit_id, one.since_at), {}), at)) for one in unmet
    ]
    return sum([await _tell(database, one, step, at) for one, step in due if step])


async def _standing(db: Connection) -> dict[tuple[UUID, datetime], dict[int, datetime]]:
    """What has been told and has not ended: when each step was."""
    found: dict[tuple[UUID, datetime], dict[int, datetime]] = {}
    for row in await db.fetch("select visit_id, since_at, step, told_at from unmet where ended_at is null"):
        found.setdefault((row["visit_id"], row["since_at"]), {})[row["step"]] = row["told_at"]
    return found


def _step_due(schedule: Schedule, one: Unmet, told: Mapping[int, datetime], at: datetime) -> int:
    """The step whose time has come at `at`, 0 for none."""
    step = len(told) + 1
    since = told.get(1, one.since_at)
    if step > 2 or staffed_until(schedule, at) is None:
        return 0
    return step if staffed_minutes(schedule, since, at) >= STEP_MINUTES else 0


async def _tell(database: Database, one: Unmet, step: int, at: datetime) -> bool:
    """Write the step and its event, if nobody has seen to the case and no other node was first."""
    async with database.transaction() as db:
        # The case first, as every writer takes it; then nobody can take it between the look and the row.
        await db.execute("select 1 from cases where id = $1 for no key update", one.case_id)
        still = await db.fetchrow(f"{_UNMET} and c.id = $1", one.case_id)
        if still is None or Unmet(**dict(still)) != one:
            return False
        fresh = await db.fetchval(
            "insert into unmet (visit_id, since_at, step, case_id, unit_id, told_at) values ($1, $2, $3, $4, $5, $6)"
            " on conflict do nothing returning true",
            one.visit_id, one.since_at, step, one.case_id, one.unit_id, at,
        )  # fmt: skip
        if fresh:
            data = {"step": step, "minutes": step * STEP_MINUTES, "managers": await _managers(db, one.unit_id)}
            await record(db, one.case_id, "went_unmet", "system", None, data)
    return bool(fresh)


async def _managers(db: Connection, unit_id: UUID) -> int:
    """How many heads the unit has now: where there is none, the case's own page must not say that one was told."""
    found = await db.fetchval(
        "select count(*) from assignments a join staff s on s.id = a.staff_id and s.active where a.unit_id = $1"
        " and a.role = 'unit_manager' and a.from_at <= now() and (a.ended_at is null or a.ended_at > now())", unit_id
    )  # fmt: skip
    return int(found)


async def _end(database: Database, seen_to: set[tuple[UUID, datetime]], at: datetime) -> None:
    if seen_to:
        await database.execute(
            "update unmet u set ended_at = greatest($3, u.told_at) from unnest($1::uuid[], $2::timestamptz[])"
            " as s(visit_id, since_at)"
            " where u.visit_id = s.visit_id and u.since_at = s.since_at and u.ended_at is null",
            [visit_id for visit_id, _ in seen_to], [since_at for _, since_at in seen_to], at,
        )  # fmt: skip


#: The step that stands for a visit `v` of a case `c` now: what has been taken or read since is told no more, whatever
#: the next round writes.
STANDING_SQL = """
case when v.priority = 1 and (v.state = 'queued' or (v.state = 'in_progress' and c.staff_unread > 0)) then
  (select max(x.step) from unmet x where x.visit_id = v.id and x.ended_at is null
   and x.since_at >= case v.state when 'queued' then v.queued_at else v.claimed_at end) end
"""

_FOR_MANAGER = f"""
select unit_id, unit_name, count(*) as cases, min(since_at) as since_at from (
  select u.id as unit_id, u.name as unit_name, {STANDING_SQL} as step,
    (select max(x.since_at) from unmet x where x.visit_id = v.id and x.ended_at is null) as since_at
  from units u join visits v on v.unit_id = u.id and v.priority = 1 and v.state in ('queued', 'in_progress')
  join cases c on c.id = v.case_id and c.visit_id = v.id where {policy.unit_clause("see_alarms", person="$1")}
) found where step = 2 group by unit_id, unit_name order by min(since_at)
"""


_ELSEWHERE = f"""
select max(x.step) from unmet x join visits v on v.id = x.visit_id
join cases c on c.id = v.case_id and c.visit_id = v.id
where x.ended_at is null and v.unit_id = $2 and v.state in ('queued', 'in_progress') and c.id <> $4 and {policy.asked()}
"""


async def find_unmet_elsewhere(db: Connection, by: By, case_id: UUID) -> int:
    """For how many minutes at least another case of level 1, within reach, has waited for somebody to open it; 0 for
    none. Said to who opens a page after the alarm was told. Of the case itself nothing is shown, so nothing is logged.
    """
    step = await db.fetchval(_ELSEWHERE, *by.asking(), case_id)
    return int(step or 0) * STEP_MINUTES


async def list_unmet(db: Connection, by: By) -> list[UnmetHere]:
    """What this person is told as the head of her units: numbers and times, nothing of any case. Logged."""
    rows = await db.fetch(_FOR_MANAGER, by.person_id)
    if rows:
        await log_access(db, by, "see_alarms", shown=[row["unit_id"] for row in rows])
    return [UnmetHere(**dict(row)) for row in rows]
