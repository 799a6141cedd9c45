"""Mitt skrivbord: how a staff member has set up her own work; nobody else sees it."""

from __future__ import annotations

from uuid import UUID

from linjen.core.database import Connection
from linjen.core.errors import Invalid


async def find_chats(db: Connection, staff_id: UUID) -> int | None:
    """How many chats at once she has chosen, None when she has not."""
    found = await db.fetchval("select chats from staff_desks where staff_id = $1", staff_id)
    return None if found is None else int(found)


async def choose_chats(db: Connection, staff_id: UUID, chats: int, most: int) -> None:
    """Keep her choice; Invalid('chats_range') with field "chats" when it is none of 1 to `most`."""
    if not 1 <= chats <= most:
        raise Invalid("chats_range", "chats", most=most)
    await db.execute(
        "insert into staff_desks (staff_id, chats) values ($1, $2)"
        " on conflict (staff_id) do update set chats = excluded.chats", staff_id, chats,
    )  # fmt: skip
