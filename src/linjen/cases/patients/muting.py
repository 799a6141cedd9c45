"""Avisera mig om det här ärendet: a resident turns the notices of one case off, and on again.

It holds for her alone: in a child's case each guardian chooses for herself. Staff see it in the timeline, since whom no
notice reaches may have to be reached in another way.
"""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.connection import Connection
from linjen.core.events import record


async def choose_notices(db: Connection, by: By, case_id: UUID, wanted: bool) -> None:
    """Whether she is told of what happens in the case. The same once more changes nothing. Raises as open_case."""
    await open_case(db, by, case_id, "choose_notices")
    change = (
        "delete from muted_cases where case_id = $1 and resident_id = $2 returning case_id"
        if wanted
        else "insert into muted_cases (case_id, resident_id) values ($1, $2) on conflict do nothing returning case_id"
    )
    if await db.fetchval(change, case_id, by.person_id) is not None:
        await record(db, case_id, "notices_wanted" if wanted else "notices_muted", by.kind, by.person_id)


async def is_muted(db: Connection, case_id: UUID, resident_id: UUID) -> bool:
    """Whether she wants no notices of the case."""
    return bool(
        await db.fetchval(
            "select exists (select from muted_cases where case_id = $1 and resident_id = $2)", case_id, resident_id
        )
    )
