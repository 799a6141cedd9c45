"""Chattar samtidigt: how many chats at once a unit lets anybody have; its configuration administrator decides."""

from __future__ import annotations

from uuid import UUID

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound

#: What a person has where nobody has decided otherwise, and the most that anybody can be let to have.
USUAL, MOST = 7, 20

_MAY = policy.unit_clause("limit_chats", person="$1")


async def chat_limit(db: Connection, unit_id: UUID | None) -> int:
    """The most chats at once that the unit lets anybody have."""
    found = await db.fetchval("select chats from unit_desks where unit_id = $1", unit_id)
    return int(found or USUAL)


async def may_limit(db: Connection, by: By, unit_id: UUID) -> bool:
    """Whether this person decides it for the unit."""
    found = f"select exists (select 1 from units u where u.id = $2 and {_MAY})"
    return bool(by.is_staff and await db.fetchval(found, by.person_id, unit_id))


async def limit_chats(db: Connection, by: By, unit_id: UUID, most: int) -> None:
    """Decide it, from now on; logged. Raises NotFound for who does not administer the unit's configuration, and
    Invalid('chats_range') with field "chats".
    """
    if not await may_limit(db, by, unit_id):
        raise NotFound("unit")
    if not 1 <= most <= MOST:
        raise Invalid("chats_range", "chats", most=MOST)
    await log_access(db, by, "limit_chats", shown=[unit_id])
    await db.execute(
        "insert into unit_desks (unit_id, chats) values ($1, $2)"
        " on conflict (unit_id) do update set chats = excluded.chats", unit_id, most,
    )  # fmt: skip
