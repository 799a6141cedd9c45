"""Skicka ärende: the draft becomes a case in the unit's ledger. Any hour (routine F034)."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.intake.assessments import note_assessed
from linjen.cases.intake.start import Draft
from linjen.cases.patients.consent import FEE, find_choice
from linjen.cases.talk.message import write_message
from linjen.cases.waiting.queues import queue_of
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.units.shutting import hold_open

#: What an administrative case is sorted as, until staff say otherwise: "weekday, nearest time".
ADMIN_PRIORITY = 4


async def send_case(
    db: Connection, sealer: Sealer, by: By, draft: Draft, *, urgency: int, reason: str, protocol: str, opening: str,
    triaged: bool = True,
) -> UUID:  # fmt: skip
    """Queue the case at its unit with this urgency; the visit's id. `opening` becomes the first message.

    It is what the triage said, unless `triaged` is false: then the case is only sorted by it, and has none of its own.
    Raises Refused('not_finished') with `missing` when unit, patient or the fee's approval (routine F075) is not there,
    and Refused('unit_shut') where the unit takes no new cases any more.
    The caller holds the draft open, so a second send meets Refused('wrong_state').
    """
    case = draft.case
    missing = [name for name, value in (("unit", case.unit_id), ("patient", case.patient_id)) if value is None]
    if case.entry == "symptom" and not await find_choice(db, case.id, FEE):
        missing.append("fee")
    if missing:
        raise Refused("not_finished", missing=missing)
    await hold_open(db, case.unit_id)
    visit_id = new_id()
    await db.execute(
        "insert into visits (id, case_id, unit_id, priority, for_role) values ($1, $2, $3, $4, $5)",
        visit_id, case.id, case.unit_id, urgency, queue_of(case.entry),
    )  # fmt: skip
    await db.execute(
        "update cases set phase = 'sent', visit_id = $2, urgency = $3, reason = $4, protocol = $5, sent_at = now(),"
        " turn_at = now(), staff_unread = $6 where id = $1",
        case.id, visit_id, urgency if triaged and case.entry == "symptom" else None, reason, protocol,
        0 if opening else 1,  # a case is unread also without a message; with one, the message counts itself
    )  # fmt: skip
    if triaged:
        await note_assessed(db, case, draft.intake, level=urgency, reason=reason, outcome="sent")
    await record(db, case.id, "case_sent", by.kind, by.person_id, {"urgency": urgency, "reason": reason})
    if opening:
        await write_message(db, sealer, by, case.id, opening, {"opening": True})
    return visit_id
