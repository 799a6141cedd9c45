"""Släpp: the holder gives a case back to the ledger; it waits from when it first came, so it loses no place."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.events import record


async def release(db: Connection, by: By, case_id: UUID) -> None:
    """Put the case back into its unit's queue. Raises as open_case: only the holder, only while in progress."""
    await open_case(db, by, case_id, "release")
    await db.execute(
        "update visits set state = 'queued', holder_id = null, claimed_at = null"
        " where id = (select visit_id from cases where id = $1) and holder_id = $2",
        case_id, by.person_id,
    )  # fmt: skip
    await record(db, case_id, "released", by.kind, by.person_id)
