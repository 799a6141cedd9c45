"""Ta tillbaka ärende: the resident ends what she has not been answered yet, or leaves a draft."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.expiry import EMPTY
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.events import record


async def withdraw(db: Connection, by: By, case_id: UUID) -> None:
    """End a waiting case or a draft. A draft is emptied at once; self-care advice that was accepted stays readable."""
    case = await open_case(db, by, case_id, "withdraw")
    if case.state == "queued":
        await db.execute(
            "update visits set state = 'closed', closed_at = now(), close_reason = 'withdrawn' where id = $1",
            case.visit_id,
        )
    elif case.state == "self_care_offered":
        await db.execute(
            "update cases set phase = 'closed', close_reason = 'self_care', closed_at = now() where id = $1", case_id
        )
    else:
        for statement in EMPTY:
            await db.execute(statement, [case_id])
    await record(db, case_id, "withdrawn", by.kind, by.person_id)
