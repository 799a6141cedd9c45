"""Belastningslarm: when more waits at a unit than it has said that it can bear, an alarm begins (routine F067).

What counts is what waits in the ledger, and what of it stands over its time there. An alarm begins when one of the
unit's limits is passed and ends when both figures are below four fifths of theirs, so that it does not flicker; while
nobody is there nothing begins or ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.waiting.turn import DEADLINES_SQL
from linjen.core.database import Connection, Database, Row
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import new_id
from linjen.units.hours import staffed_until
from linjen.units.managed import may_at, take_turns
from linjen.units.opening import list_schedules

#: What a unit is taken to bear where it has not said otherwise, and the most that can be said.
USUAL_WAITING: Final = 20
USUAL_LATE: Final = 5
MOST: Final = 500

COPY: Final = (
    "insert into unit_load_limits (unit_id, waiting, late)"
    " select $2::uuid, waiting, late from unit_load_limits where unit_id = $1"
)
#: Below this share of its limit a figure is calm again.
_CALM: Final = 0.8
_SHOWN: Final = 50


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What waits at a unit now, what of it is over its time, and how much of each it bears."""

    waiting: int
    late: int
    waiting_limit: int
    late_limit: int


class Limits(msgspec.Struct, frozen=True):
    """How many may wait, and how many of them over their time, before an alarm begins."""

    waiting: int
    late: int


class LoadAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm with the most that it came to, and the names of the unit's heads who have seen it. Times are UTC."""

    id: UUID
    begun_at: datetime
    ended_at: datetime | None
    waiting: int
    late: int
    waiting_limit: int
    late_limit: int
    seen_by: list[str]


class Standing(msgspec.Struct, frozen=True):
    """An alarm that stands, at which unit, since when (UTC)."""

    unit_id: UUID
    unit_name: str
    begun_at: datetime


#: All units in one statement; $1 is the instant.
_LOADS = f"""
select u.id as unit_id, coalesce(n.waiting, 0) as waiting, coalesce(n.late, 0) as late,
  coalesce(l.waiting, {USUAL_WAITING}) as waiting_limit, coalesce(l.late, {USUAL_LATE}) as late_limit, a.id as alarm_id
from units u left join unit_load_limits l on l.unit_id = u.id
left join (
  select v.unit_id, count(*)::integer as waiting, (count(*) filter (
    where v.queued_at + coalesce(own.minutes, usual.minutes) * interval '1 minute' < $1))::integer as late
  from visits v join {DEADLINES_SQL} as usual (level, minutes) on usual.level = v.priority
  left join unit_deadlines own on own.unit_id = v.unit_id and own.level = v.priority
  where v.state = 'queued' group by v.unit_id
) n on n.unit_id = u.id
left join load_alarms a on a.unit_id = u.id and a.ended_at is null
"""
#: Those where something may have to begin or end.
_NOTABLE = f"""
select * from ({_LOADS}) found where waiting > waiting_limit or late > late_limit or alarm_id is not null
"""


async def weigh_load(database: Database, at: datetime) -> int:
    """Begin and end the alarms of all units at `at`; how many began or ended. Two nodes begin one alarm."""
    async with database.connection() as db:
        rows = await db.fetch(_NOTABLE, at)
        schedules = await list_schedules(db, [row["unit_id"] for row in rows]) if rows else {}
        staffed = [row for row in rows if staffed_until(schedules[row["unit_id"]], at) is not None]
        return sum([await _weigh(db, row, at) for row in staffed])


async def _weigh(db: Connection, row: Row, at: datetime) -> int:
    if row["alarm_id"] is None:
        done = await db.execute(
            "insert into load_alarms (id, unit_id, begun_at, waiting_limit, late_limit, waiting, late)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (unit_id) where ended_at is null do nothing",
            new_id(), row["unit_id"], at, row["waiting_limit"], row["late_limit"], row["waiting"], row["late"],
        )  # fmt: skip
        return int(done == "INSERT 0 1")
    if row["waiting"] < _CALM * row["waiting_limit"] and row["late"] < _CALM * row["late_limit"]:
        done = await db.execute(
            "update load_alarms set ended_at = $2 where id = $1 and ended_at is null", row["alarm_id"], at
        )
        return int(done == "UPDATE 1")
    await db.execute(
        "update load_alarms set waiting = greatest(waiting, $2), late = greatest(late, $3)"
        " where id = $1 and ended_at is null and (waiting < $2 or late < $3)",
        row["alarm_id"], row["waiting"], row["late"],
    )  # fmt: skip
    return 0


async def _reach(db: Connection, by: By, unit_id: UUID, verb: str) -> None:
    if not await may_at(db, by, unit_id, verb):
        raise NotFound("unit")


async def see_load(db: Connection, by: By, unit_id: UUID, at: datetime) -> Load:
    """How the unit stands at `at`; logged. That a head of the unit looks is kept with the alarm that stands."""
    await _reach(db, by, unit_id, "see_load")
    await log_access(db, by, "see_load", shown=[unit_id])
    await db.execute(
        "insert into load_alarms_seen (alarm_id, staff_id, seen_at) select a.id, $1, $3 from load_alarms a"
        f" join units u on u.id = a.unit_id where u.id = $2 and a.ended_at is null"
        f" and {policy.unit_clause('see_alarms', person='$1')} on conflict do nothing",
        by.person_id, unit_id, at,
    )  # fmt: skip
    row = await db.fetchrow(f"{_LOADS} where u.id = $2", at, unit_id)
    assert row is not None  # noqa: S101 - reached above
    return Load(**{key: row[key] for key in Load.__struct_fields__})


async def list_load_alarms(db: Connection, unit_id: UUID) -> list[LoadAlarm]:
    """The unit's alarms, the latest first. The caller has seen the unit's load."""
    rows = await db.fetch(
        "select a.id, a.begun_at, a.ended_at, a.waiting, a.late, a.waiting_limit, a.late_limit,"
        " array(select s.given_name || ' ' || s.surname from load_alarms_seen x join staff s on s.id = x.staff_id"
        " where x.alarm_id = a.id order by x.seen_at) as seen_by"
        " from load_alarms a where a.unit_id = $1 order by a.begun_at desc limit $2",
        unit_id, _SHOWN,
    )  # fmt: skip
    return [LoadAlarm(**dict(row)) for row in rows]


async def list_standing(db: Connection, by: By) -> list[Standing]:
    """The alarms that stand at the units whose load this person sees, the first to begin first."""
    may = policy.unit_clause("see_load", person="$1")
    rows = await db.fetch(
        "select u.id as unit_id, u.name as unit_name, a.begun_at from load_alarms a join units u on u.id = a.unit_id"
        f" where a.ended_at is null and {may} order by a.begun_at", by.person_id,
    )  # fmt: skip
    return [Standing(**dict(row)) for row in rows]


async def find_limits(db: Connection, unit_id: UUID) -> Limits:
    """How much the unit bears. The caller has asked the policy."""
    row = await db.fetchrow("select waiting, late from unit_load_limits where unit_id = $1", unit_id)
    return Limits(row["waiting"], row["late"]) if row else Limits(USUAL_WAITING, USUAL_LATE)


async def count_waiting(db: Connection, unit_id: UUID, at: datetime) -> dict[str, int]:
    """How many cases wait at the unit at `at`, and how many of them over their time. Numbers only."""
    row = await db.fetchrow(f"{_LOADS} where u.id = $2", at, unit_id)
    return {"waiting": row["waiting"], "late": row["late"]} if row else {"waiting": 0, "late": 0}


async def limit_load(db: Connection, by: By, unit_id: UUID, new: Limits, was: Limits) -> None:
    """Say how much the unit bears, if it still is what the page showed; logged. Once more changes nothing.

    Raises NotFound for who may not, Invalid('load_range') with field "waiting" or "late", and Refused('changed') when
    somebody has decided otherwise meanwhile.
    """
    await _reach(db, by, unit_id, "limit_load")
    for field, value in (("waiting", new.waiting), ("late", new.late)):
        if not 1 <= value <= MOST:
            raise Invalid("load_range", field, most=MOST)
    await log_access(db, by, "limit_load", shown=[unit_id])
    await take_turns(db, unit_id)
    if await find_limits(db, unit_id) not in (new, was):
        raise Refused("changed", verb="limit_load")
    await db.execute(
        "insert into unit_load_limits (unit_id, waiting, late) values ($1, $2, $3)"
        " on conflict (unit_id) do update set waiting = excluded.waiting, late = excluded.late",
        unit_id, new.waiting, new.late,
    )  # fmt: skip
