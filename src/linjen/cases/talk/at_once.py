"""Chattar samtidigt: how many a staff member has going, and how many she is to have."""

from __future__ import annotations

import msgspec

from linjen.access.by import By
from linjen.core.database import Connection
from linjen.people.desks import find_chats
from linjen.units.chat_limit import USUAL, chat_limit

#: What counts as a chat of a person ($1): an asynchronous case waits for days and asks for nobody's eyes meanwhile.
HELD = "select count(*) from visits where holder_id = $1 and state = 'in_progress' and kind <> 'async'"


class AtOnce(msgspec.Struct, frozen=True):
    """How many chats she has going, and the most that she is to have."""

    held: int
    most: int

    @property
    def is_full(self) -> bool:
        """Whether one more would be too many."""
        return self.held >= self.most


async def see_at_once(db: Connection, by: By) -> AtOnce:
    """Her own figures at the unit where she works now."""
    held = await db.fetchval(HELD, by.person_id)
    limit = await chat_limit(db, by.unit_id)
    return AtOnce(held, min(await find_chats(db, by.person_id) or USUAL, limit))


async def lock_desk(db: Connection, by: By) -> AtOnce:
    """As `see_at_once`, and nobody else takes anything in her name until the caller's transaction ends."""
    await db.execute("select 1 from staff where id = $1 for no key update", by.person_id)
    return await see_at_once(db, by)
