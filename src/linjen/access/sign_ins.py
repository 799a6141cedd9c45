"""Inloggningar: where a person is signed in now, for her own eyes, and how she ends it from elsewhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.settings import Settings


class SignIn(msgspec.Struct, frozen=True):
    """One living session of the person: when it began and was used last (UTC), and in what (access/devices.py)."""

    id: UUID
    begun_at: datetime
    seen_at: datetime
    device: str


async def list_sign_ins(db: Connection, settings: Settings, by: By) -> list[SignIn]:
    """The person's own sessions that still open something, the newest first: none that was left alone too long."""
    at = clock.now()
    idle_s = settings.staff_idle_s if by.is_staff else settings.resident_idle_s
    rows = await db.fetch(
        "select id, created_at as begun_at, seen_at, device from sessions where person_id = $1 and kind = $2"
        " and ended_at is null and expires_at > $3 and seen_at > $4 order by created_at desc, id desc limit 20",
        by.person_id, by.kind, at, clock.before(at, idle_s),
    )  # fmt: skip
    return [SignIn(**dict(row)) for row in rows]


async def end_sign_ins(db: Connection, by: By, sign_in_id: UUID | None = None) -> list[UUID]:
    """Logga ut: end one session of the person's own, or all of them with this one; the ids of those that ended now.

    Somebody else's and one that has ended already are none of hers, and nothing happens.
    """
    rows = await db.fetch(
        "update sessions set ended_at = $4 where person_id = $1 and kind = $2 and ended_at is null"
        " and ($3::uuid is null or id = $3) returning id",
        by.person_id, by.kind, sign_in_id, clock.now(),
    )  # fmt: skip
    return [row["id"] for row in rows]
