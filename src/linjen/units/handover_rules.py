"""Överlämningar: whether a unit wants a line to the receiver, and how long a case waits for one colleague alone."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at

#: The most staffed minutes that a case can wait for one colleague alone; 0 is for as long as it takes.
MOST = 480

COPY = (
    "update units n set handover_note = o.handover_note, handover_minutes = o.handover_minutes"
    " from units o where o.id = $1 and n.id = $2"
)


class HandoverRules(msgspec.Struct, frozen=True):
    """What a unit has decided. `note` is of what leaves it, `minutes` of what waits there."""

    note: bool
    minutes: int


async def find_handover_rules(db: Connection, unit_id: UUID) -> HandoverRules:
    """The unit's rules."""
    row = await db.fetchrow("select handover_note, handover_minutes from units where id = $1", unit_id)
    return HandoverRules(row["handover_note"], row["handover_minutes"]) if row else HandoverRules(False, 0)


async def set_handover_rules(db: Connection, by: By, unit_id: UUID, new: HandoverRules, was: HandoverRules) -> None:
    """Decide them, if they still are what the page showed; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, Invalid('minutes_range') with field "minutes",
    and Refused('changed') when somebody has decided otherwise meanwhile.
    """
    if not await may_at(db, by, unit_id, "set_handover_rules"):
        raise NotFound("unit")
    if not 0 <= new.minutes <= MOST:
        raise Invalid("minutes_range", "minutes", most=MOST)
    await log_access(db, by, "set_handover_rules", shown=[unit_id])
    swap = (
        "update units set handover_note = $2, handover_minutes = $3 where id = $1"
        " and (handover_note, handover_minutes) in (($2, $3), ($4, $5)) returning id"
    )
    if await db.fetchval(swap, unit_id, new.note, new.minutes, was.note, was.minutes) is None:
        raise Refused("changed", verb="set_handover_rules")
