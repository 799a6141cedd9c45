"""Enhetens meddelande: a few lines above the ledger for all who work there, by the unit's head or administrator."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.visible import is_visible, plain_text, straight_text
from linjen.units.managed import may_at

LONGEST = 300

#: How many messages the unit $2 has: one or none.
STANDS: Final = "select count(*) from units where id = $2 and staff_message <> ''"


class StaffMessage(msgspec.Struct, frozen=True):
    """What stands there, '' for nothing, and since when (UTC)."""

    text: str = ""
    at: datetime | None = None


async def find_staff_message(db: Connection, unit_id: UUID) -> StaffMessage:
    """The unit's message. No case and no person is in it, so nothing is logged."""
    row = await db.fetchrow("select staff_message, staff_message_at from units where id = $1", unit_id)
    return StaffMessage(row["staff_message"], row["staff_message_at"]) if row else StaffMessage()


async def set_staff_message(db: Connection, by: By, unit_id: UUID, text: str, was: str) -> None:
    """Say it, or with '' take it away, if what stands there still is what the page showed; logged.

    Raises NotFound for who neither leads nor configures the unit, Invalid('too_long') with field "text", and
    Refused('changed') when somebody has written another one meanwhile. Once more changes nothing.
    """
    clean = straight_text(text).strip()
    clean = clean if is_visible(clean) else ""
    if not await may_at(db, by, unit_id, "set_staff_message"):
        raise NotFound("unit")
    if len(clean) > LONGEST:
        raise Invalid("too_long", "text", longest=LONGEST)
    await log_access(db, by, "set_staff_message", shown=[unit_id])
    swap = (
        "update units set staff_message = $2, staff_message_at = case when staff_message = $2 then staff_message_at"
        " else now() end where id = $1 and staff_message in ($2, $3) returning id"
    )
    if await db.fetchval(swap, unit_id, clean, plain_text(was).strip()) is None:
        raise Refused("changed", verb="set_staff_message")
