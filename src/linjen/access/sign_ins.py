"""Inloggningar: where a person is signed in now, for her own eyes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection


class SignIn(msgspec.Struct, frozen=True):
    """One living session of the person."""

    id: UUID
    begun_at: datetime


async def list_sign_ins(db: Connection, by: By) -> list[SignIn]:
    """The person's own sessions that have neither ended nor expired, the newest first."""
    rows = await db.fetch(
        "select id, created_at as begun_at from sessions where person_id = $1 and kind = $2 and ended_at is null"
        " and expires_at > $3 order by created_at desc limit 20",
        by.person_id, by.kind, clock.now(),
    )  # fmt: skip
    return [SignIn(**dict(row)) for row in rows]
