"""Tidsgränser: within how long a unit means to meet a case of each level; its configuration administrator decides."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.waiting.turn import DEADLINES
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, take_turns

#: The longest time that can be chosen for a level: thirty days.
MOST_MINUTES = 30 * 24 * 60

COPY = (
    "insert into unit_deadlines (unit_id, level, minutes)"
    " select $2::uuid, level, minutes from unit_deadlines where unit_id = $1"
)


async def deadlines_of(db: Connection, unit_id: UUID) -> dict[int, int]:
    """Minutes by level (1-5): the unit's own where it has decided, else the usual ones."""
    rows = await db.fetch("select level, minutes from unit_deadlines where unit_id = $1", unit_id)
    return {**DEADLINES, **{row["level"]: row["minutes"] for row in rows}}


async def set_deadlines(
    db: Connection, by: By, unit_id: UUID, chosen: Mapping[int, int], was: Mapping[int, int]
) -> None:  # fmt: skip
    """Decide them, if they still are what the page showed; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, Invalid('deadline_range') with field
    "level_N" for a time that is none, Invalid('deadline_order') where a more urgent level would have longer than the
    next of 1-4, and Refused('changed') when somebody has decided otherwise meanwhile.
    """
    if not await may_at(db, by, unit_id, "set_deadlines"):
        raise NotFound("unit")
    for level in DEADLINES:
        if not 1 <= chosen.get(level, 0) <= MOST_MINUTES:
            raise Invalid("deadline_range", f"level_{level}")
    for level in (2, 3, 4):
        if chosen[level] < chosen[level - 1]:
            raise Invalid("deadline_order", f"level_{level}")
    await log_access(db, by, "set_deadlines", shown=[unit_id])
    await take_turns(db, unit_id)
    now = await deadlines_of(db, unit_id)
    if now == dict(chosen):
        return
    if now != dict(was):
        raise Refused("changed", verb="set_deadlines")
    await db.execute("delete from unit_deadlines where unit_id = $1", unit_id)
    await db.execute(
        "insert into unit_deadlines (unit_id, level, minutes) select $1, * from unnest($2::smallint[], $3::integer[])",
        unit_id, [level for level in chosen if chosen[level] != DEADLINES[level]],
        [chosen[level] for level in chosen if chosen[level] != DEADLINES[level]],
    )  # fmt: skip
