"""Svara efter avslut: a reply within the unit's days puts the case into the queue again, as a new visit of it.

The visit that was closed stays as it was, with who closed it and why. After the window, and where a resident ended the
case herself, a new case is the way.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from linjen.access.by import By
from linjen.cases.afterwards.reply_window import find_reply_until, may_reply
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.message import check_text, unseal_text, write_message
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.units.shutting import hold_open


def reply_id(case: Case, by: By) -> UUID | None:
    """The id of this person's reply to the case as it was closed: the same however often the page is drawn."""
    return uuid5(case.visit_id, f"reply/{by.person_id}") if case.visit_id else None


async def reopen(db: Connection, sealer: Sealer, by: By, case_id: UUID, message_id: UUID, text: str) -> None:
    """Send `text` and put the case into the queue it was in. `message_id` is reply_id's: once more it changes nothing.

    Raises Invalid('empty' | 'too_long' | 'unreadable') with field "text", Refused('reply_too_late') after the window,
    Refused('unit_shut') where the unit is, Refused('wrong_state') when it is open already, and as open_case.
    """
    clean = check_text(text)
    try:
        case = await open_case(db, by, case_id, "reopen")
    except Refused:
        if await _is_done(db, sealer, by, case_id, message_id, clean):
            return
        raise
    await hold_open(db, case.unit_id, from_outside=False)  # before the window: of a shut unit it is told that it is
    if not may_reply(await find_reply_until(db, case)) or message_id != reply_id(case, by):
        raise Refused("reply_too_late")
    visit_id = new_id()
    await db.execute(
        "insert into visits (id, case_id, unit_id, priority, for_role)"
        " select $2, case_id, unit_id, priority, for_role from visits where id = $1",
        case.visit_id, visit_id,
    )  # fmt: skip
    await db.execute("update cases set visit_id = $2 where id = $1", case_id, visit_id)
    await record(db, case_id, "reopened", by.kind, by.person_id, {"reason": case.close_reason})
    await write_message(db, sealer, by, case_id, clean, message_id=message_id)


async def _is_done(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, message_id: UUID, text: str
) -> bool:  # fmt: skip
    """Whether this very reply has come: a form that was sent twice."""
    sealed = await db.fetchval(
        "select body_sealed from messages where id = $1 and case_id = $2 and by_id = $3",
        message_id, case_id, by.person_id,
    )  # fmt: skip
    return sealed is not None and unseal_text(sealer, case_id, message_id, sealed) == text
