"""A case as if all that was said and done in it were older, for what is counted in real hours."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg

_TIMES = (("messages", "sent_at", "case_id"), ("cases", "turn_at", "id"), ("events", "at", "case_id"))


async def make_older(owner_dsn: str, case_id: UUID, hours: float) -> None:
    """Move the times of the case's messages, turn and events so many hours back, as the owner of the database."""
    owner = await asyncpg.connect(owner_dsn)
    for table, column, key in _TIMES:
        moved = f"update {table} set {column} = {column} - $2::interval where {key} = $1"
        await owner.execute(moved, case_id, timedelta(hours=hours))
    await owner.close()
