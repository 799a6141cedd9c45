"""Chattar samtidigt: how many chats at once a unit lets anybody have; its configuration administrator decides."""

from __future__ import annotations

from uuid import UUID

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, take_turns

#: What a person has where nobody has decided otherwise, and the most that anybody can be let to have.
USUAL, MOST = 7, 20

#: From the unit $1 to the new one $2, as the other settings have it (units/versions.py).
COPY = "insert into unit_desks (unit_id, chats) select $2::uuid, chats from unit_desks where unit_id = $1"


async def chat_limit(db: Connection, unit_id: UUID | None) -> int:
    """The most chats at once that the unit lets anybody have."""
    found = await db.fetchval("select chats from unit_desks where unit_id = $1", unit_id)
    return int(found or USUAL)


async def limit_chats(db: Connection, by: By, unit_id: UUID, most: int, was: int) -> None:
    """Decide it, if it still is what the page showed; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, Invalid('chats_range') with field "chats", and
    Refused('changed') when somebody has decided otherwise meanwhile.
    """
    if not await may_at(db, by, unit_id, "limit_chats"):
        raise NotFound("unit")
    if not 1 <= most <= MOST:
        raise Invalid("chats_range", "chats", most=MOST)
    await log_access(db, by, "limit_chats", shown=[unit_id])
    await take_turns(db, unit_id)
    if await chat_limit(db, unit_id) not in {most, was}:
        raise Refused("changed", verb="limit_chats")
    await db.execute(
        "insert into unit_desks (unit_id, chats) values ($1, $2)"
        " on conflict (unit_id) do update set chats = excluded.chats", unit_id, most,
    )  # fmt: skip
