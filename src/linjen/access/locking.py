"""Lås skärmen: a staff session that must prove anew who sits there before anything more is shown."""

from __future__ import annotations

from uuid import UUID

from linjen.core import clock
from linjen.core.database import Database


async def lock_session(database: Database, session_id: UUID) -> None:
    """Lock a living staff session at once, as when the person leaves the desk. What is locked stays locked."""
    await database.execute(
        "update sessions set locked_at = $2 where id = $1 and kind = 'staff' and ended_at is null"
        " and locked_at is null",
        session_id, clock.now(),
    )  # fmt: skip
