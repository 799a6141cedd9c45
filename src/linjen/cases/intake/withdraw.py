"""Ta tillbaka ärende: the resident ends what she has not been answered yet, or leaves a draft."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.intake.assessments import CAME_BACK, count_left, left_of
from linjen.cases.intake.expiry import EMPTY
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.call_back import end_calls
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.events import record
from linjen.core.sealing import Sealer

_DRAFT = f"""
select c.id, c.unit_id, c.phase, i.step, i.state_sealed, i.result_sealed, {CAME_BACK} as came_back
from intakes i join cases c on c.id = i.case_id where c.id = $1
"""


async def withdraw(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> None:
    """End a waiting case, or empty a draft at once, also one that has come to self-care advice."""
    case = await open_case(db, by, case_id, "withdraw")
    if case.state == "queued":
        await db.execute(
            "update visits set state = 'closed', for_staff_id = null, closed_at = now(), close_reason = 'withdrawn'"
            " where id = $1",
            case.visit_id,
        )
        await end_calls(db, case_id)
    else:
        await _leave(db, sealer, case)
    await record(db, case_id, "withdrawn", by.kind, by.person_id)


async def _leave(db: Connection, sealer: Sealer, case: Case) -> None:
    draft = await db.fetchrow(_DRAFT, case.id) if case.entry == "symptom" else None
    if draft is not None:
        await count_left(db, [left_of(sealer, draft, clock.now())])
    for statement in EMPTY:
        await db.execute(statement, [case.id])
