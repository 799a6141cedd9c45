"""Who looked at what. If the log cannot be written, nothing is shown."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linjen.access.by import By
from linjen.core.database import Connection, Database

_INSERT = """
insert into access_log (by_kind, by_id, session_id, unit_id, verb, case_id, shown, refused)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def log_access(
    db: Connection, by: By, verb: str, case_id: UUID | None = None, shown: Sequence[UUID] = ()
) -> None:
    """One row: `by` did `verb` with a case, or was shown the cases `shown` (a list view is one row)."""
    await db.execute(
        _INSERT, by.kind, by.person_id, by.session_id, by.unit_id, verb, case_id, list(shown), None
    )  # fmt: skip


async def log_refusal(database: Database, by: By, verb: str, case_id: UUID, reason: str) -> None:
    """A refused attempt, in a transaction of its own, since the attempt's own is rolled back."""
    await database.execute(
        _INSERT, by.kind, by.person_id, by.session_id, by.unit_id, verb, case_id, [], reason
    )  # fmt: skip
