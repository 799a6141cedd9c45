"""Egna sms: whether a unit's staff may write SMS in their own words; its configuration administrator decides."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.units.managed import begin_deciding

COPY = "insert into unit_sms (unit_id, free_text) select $2::uuid, free_text from unit_sms where unit_id = $1"


async def may_write_own(db: Connection, unit_id: UUID | None) -> bool:
    """Whether they may. Until somebody has decided they may not."""
    return bool(await db.fetchval("select free_text from unit_sms where unit_id = $1", unit_id))


async def allow_own(db: Connection, by: By, unit_id: UUID, allowed: bool, was: bool) -> None:
    """Decide it, if it still is what the page showed; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, and Refused('changed') when somebody has
    decided otherwise meanwhile.
    """
    await begin_deciding(db, by, unit_id, "allow_own_sms")
    if await may_write_own(db, unit_id) not in {allowed, was}:
        raise Refused("changed", verb="allow_own_sms")
    await db.execute(
        "insert into unit_sms (unit_id, free_text) values ($1, $2)"
        " on conflict (unit_id) do update set free_text = excluded.free_text", unit_id, allowed,
    )  # fmt: skip
