"""Klar: dokumenterat: what a closed case came to stands in the record system (routine F042, F064)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record


class Documented(msgspec.Struct, frozen=True):
    """When and by whom a case was documented; `at` is None while it is not, `by_name` '' before there was a list."""

    at: datetime | None
    by_name: str


async def document(db: Connection, by: By, case_id: UUID) -> None:
    """Say that the case is documented, with all its visits that were not. Once more it changes nothing.

    Raises Refused('documented') when a colleague has said so already, and as open_case.
    """
    await open_case(db, by, case_id, "document")
    done = await db.fetch(
        "update visits set documented_at = now(), documented_by = $2 where case_id = $1 and state = 'closed'"
        " and documented_at is null returning id",
        case_id, by.person_id,
    )  # fmt: skip
    if done:
        await record(db, case_id, "documented", by.kind, by.person_id)
        return
    by_other = await db.fetchval(
        "select v.documented_by <> $2 from cases c join visits v on v.id = c.visit_id where c.id = $1",
        case_id, by.person_id,
    )  # fmt: skip
    if by_other:
        raise Refused("documented")


async def find_documented(db: Connection, case_id: UUID) -> Documented:
    """How the case's current visit stands. The caller has seen the case."""
    row = await db.fetchrow(
        "select v.documented_at, coalesce(s.given_name || ' ' || s.surname, '') as by_name from cases c"
        " join visits v on v.id = c.visit_id left join staff s on s.id = v.documented_by where c.id = $1",
        case_id,
    )
    return Documented(row["documented_at"], row["by_name"]) if row else Documented(None, "")
