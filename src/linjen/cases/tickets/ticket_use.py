"""Använd biljetten: the patient comes to the receiver with it, as a new case in the receiver's queue.

What the receiver reads is what stands in the ticket and what she writes now. The case that it was made from stays where
it is, and nothing leads from the one to the other on the receiver's side.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.intake.start import KEPT_DAYS, Intake, read_intake, seal_intake
from linjen.cases.patients.consent import FEE, give_consent
from linjen.cases.talk.message import check_optional, write_message
from linjen.cases.tickets.ticket import Ticket, end_ticket, see_ticket
from linjen.cases.waiting.queues import queue_of
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Refused, must_repeat
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.units.shutting import hold_open


async def use_ticket(db: Connection, sealer: Sealer, by: By, ticket_id: UUID, text: str = "") -> UUID:
    """Queue the patient at the receiver; the new case's id. `text` is what she wants to add, her first message there.

    A ticket that has been used answers with the case that it became, however often it is pressed. Raises Reused with
    field "text" for other words than went along then,
    Refused('ticket_over') when it has come to another end, Refused('ticket_is_booked_for_you') for the other kind,
    Invalid as check_text, and as see_ticket.
    """
    told = check_optional(text, "text")
    ticket = await see_ticket(db, sealer, by, ticket_id, "use_ticket")
    if ticket.kind != "drop_in":
        raise Refused("ticket_is_booked_for_you", verb="use_ticket")
    used: UUID | None = await db.fetchval("select used_case_id from tickets where id = $1 for update", ticket_id)
    if used is not None:
        if told:  # other words than those that went along would be lost in silence
            must_repeat("text", ours=True, same=(await read_intake(db, sealer, used)).text == told)
        return used
    await hold_open(db, ticket.to_unit_id, from_outside=False)
    case_id = await _make_case(db, sealer, by, ticket, told)
    await end_ticket(db, ticket, "use_ticket", ", used_case_id = $4", case_id)
    data = {"ticket": str(ticket_id), "unit": str(ticket.to_unit_id)}
    await record(db, ticket.case_id, "ticket_used", by.kind, by.person_id, data)
    return case_id


async def _make_case(db: Connection, sealer: Sealer, by: By, ticket: Ticket, told: str) -> UUID:
    case_id, visit_id = new_id(), new_id()
    await db.execute(
        "insert into cases (id, entry, phase, patient_id, opened_by, unit_id, visit_id, patient_birth_on, sent_at,"
        " staff_unread) values ($1, $2, 'sent', $3, $4, $5, $6, $7, now(), $8)",
        case_id, ticket.entry, ticket.patient_id, by.person_id, ticket.to_unit_id, visit_id, ticket.patient_birth_on,
        0 if told else 1,
    )  # fmt: skip
    await db.execute(
        "insert into visits (id, case_id, unit_id, priority, for_role) values ($1, $2, $3, $4, $5)",
        visit_id, case_id, ticket.to_unit_id, ticket.priority, ticket.to_resource or queue_of(ticket.entry),
    )  # fmt: skip
    await db.execute(
        "insert into intakes (case_id, step, state_sealed, expires_at) values ($1, 'check', $2, $3)",
        case_id, seal_intake(sealer, case_id, Intake(text=told)), clock.now() + timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    if ticket.entry == "symptom":  # the page says what may cost, and its button is the approval (routine F075)
        await give_consent(db, by, case_id, ticket.patient_id, FEE, True)
    await record(db, case_id, "case_sent", by.kind, by.person_id, {"urgency": ticket.priority, "reason": ""})
    if told:
        await write_message(db, sealer, by, case_id, told, {"opening": True})
    return case_id
