"""Släpp: the holder gives a case back to the ledger; it waits from when it first came, so it loses no place."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.talk.message import check_told_optional, unseal_text, write_message
from linjen.cases.waiting.queues import TO_QUEUE
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record
from linjen.core.sealing import Sealer


async def release(
    db: Connection, by: By, case_id: UUID, sealer: Sealer | None = None, tell: str = "", *, answers: bool = False
) -> None:
    """Put the case back into its queue; with a `sealer`, `tell` is sent to the patient first.

    With `answers` it is a message like others, after which it is the patient's turn to speak; else it only tells of the
    change. Raises Invalid as check_text does, and as open_case: only the holder, only while in progress. The same
    release once more changes nothing; with another text it is refused, since nobody would get to read it.
    """
    told = check_told_optional(tell, "tell") if sealer is not None else ""
    try:
        await open_case(db, by, case_id, "release")
    except Refused:
        if await _is_done(db, sealer, by, case_id, told):
            return
        raise
    if sealer is not None and told:
        await write_message(db, sealer, by, case_id, told, passes_turn=answers)
    await db.execute(
        f"update visits set {TO_QUEUE}"
        " where id = (select visit_id from cases where id = $1) and holder_id = $2",
        case_id, by.person_id,
    )  # fmt: skip
    await record(db, case_id, "released", by.kind, by.person_id)


async def _is_done(db: Connection, sealer: Sealer | None, by: By, case_id: UUID, told: str) -> bool:
    """Whether this person was the last to hold the waiting case and gave it back so: a form that was sent twice."""
    last = await db.fetchrow(
        "select e.kind, e.by_id, v.state, m.id as message_id, m.body_sealed from events e"
        " join cases c on c.id = e.case_id join visits v on v.id = c.visit_id"
        " left join messages m on m.case_id = e.case_id and m.seq = e.seq - 1 and m.by_id = e.by_id"
        " where e.case_id = $1 and e.kind in ('claimed', 'released') order by e.seq desc limit 1",
        case_id,
    )
    if last is None or tuple(last)[:3] != ("released", by.person_id, "queued"):
        return False
    if not told or sealer is None:
        return True
    sent = last["message_id"] is not None
    return sent and unseal_text(sealer, case_id, last["message_id"], last["body_sealed"]) == told
