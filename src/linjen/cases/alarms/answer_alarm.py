"""Svara på larm: the resident says whether what was heard in her words is so. No level follows from her answer."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.alarms.alarms import ANSWERS
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound
from linjen.core.events import record


async def answer_alarm(db: Connection, by: By, case_id: UUID, alarm_id: UUID, answer: str) -> None:
    """Keep her answer (one of ANSWERS) and tell staff. She may think again; the same once more is nothing new.

    It holds for every message so far that said the same and that she has not been asked about.

    A "no" lowers nothing: staff see it beside her words. Raises Invalid('unknown_answer'), NotFound for an alarm that
    is not of this case's chat, and as open_case.
    """
    if answer not in ANSWERS:
        raise Invalid("unknown_answer", "answer")
    await open_case(db, by, case_id, "answer_alarm")
    row = await db.fetchrow(
        "select code, answer from alarms where id = $2 and case_id = $1 and message_id is not null", case_id, alarm_id
    )
    if row is None:
        raise NotFound("alarm")
    if row["answer"] == answer:
        return
    await db.execute(
        "update alarms set answer = $4, answered_at = now() where case_id = $1 and message_id is not null"
        " and (id = $2 or (code = $3 and answer is null))",
        case_id, alarm_id, row["code"], answer,
    )  # fmt: skip
    await record(db, case_id, "alarm_answered", by.kind, by.person_id, {"alarm": str(alarm_id)})
