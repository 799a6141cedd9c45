"""Svara efter avslut: for how many days after closing a reply opens a case again; the unit's administrator decides."""

from __future__ import annotations

from uuid import UUID

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at

#: The most days that can be chosen; 0 is never.
MOST = 30

COPY = "update units n set reopen_days = o.reopen_days from units o where o.id = $1 and n.id = $2"


async def reply_days(db: Connection, unit_id: UUID) -> int:
    """For how many days after closing a resident can answer in a case of the unit; 0 is never."""
    return int(await db.fetchval("select reopen_days from units where id = $1", unit_id) or 0)


async def set_reply_days(db: Connection, by: By, unit_id: UUID, days: int, was: int) -> None:
    """Decide it, if it still is what the page showed; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, Invalid('days_range') with field "days", and
    Refused('changed') when somebody has decided otherwise meanwhile.
    """
    if not await may_at(db, by, unit_id, "set_reply_days"):
        raise NotFound("unit")
    if not 0 <= days <= MOST:
        raise Invalid("days_range", "days", most=MOST)
    await log_access(db, by, "set_reply_days", shown=[unit_id])
    swap = "update units set reopen_days = $2 where id = $1 and reopen_days in ($2, $3) returning id"
    if await db.fetchval(swap, unit_id, days, was) is None:
        raise Refused("changed", verb="set_reply_days")
