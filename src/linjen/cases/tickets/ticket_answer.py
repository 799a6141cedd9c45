"""Boka tid och lämna tillbaka: what the receiving unit does with a ticket that it has opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.talk.message import check_text
from linjen.cases.tickets.ticket import Ticket, end_ticket, open_text, seal_text, see_ticket
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused, must_repeat
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer

LONGEST_WHY = 1_000
#: So far ahead a time may be booked.
FURTHEST = timedelta(days=365)


async def book_ticket(db: Connection, sealer: Sealer, by: By, ticket_id: UUID, at: datetime) -> None:
    """Book a time for the patient of a ticket of the kind "booking". The same time once more changes nothing.

    Raises Invalid('time_past' | 'time_far', "on"), Refused('ticket_not_booking'), Refused('ticket_over') when it has
    come to another end, and as see_ticket.
    """
    ticket = await see_ticket(db, sealer, by, ticket_id, "book_ticket")
    if ticket.kind != "booking":
        raise Refused("ticket_not_booking", verb="book_ticket")
    now = clock.now()
    if at <= now:
        raise Invalid("time_past", "on")
    if clock.local_date(at) > clock.local_date(now) + FURTHEST:  # the whole of the last day that the page offers
        raise Invalid("time_far", "on")
    try:
        await end_ticket(db, ticket, "book_ticket", ", booked_for = $4, booked_by = $5", at, by.person_id)
    except Refused:
        if await _is_done(db, ticket_id, "booked_for = $2 and booked_by = $3", at, by.person_id):
            return
        raise
    await _record(db, by, ticket, "ticket_booked")


async def return_ticket(db: Connection, sealer: Sealer, by: By, ticket_id: UUID, why: str) -> None:
    """Give the ticket back with a reason, which its sender and nobody else reads.

    A case that was closed meanwhile waits again at the unit that has it: the patient must not be without anybody.
    Returning it once more changes nothing. Raises as check_text at "why", Reused with field "why" for another reason,
    Refused('ticket_over'), and as see_ticket.
    """
    told = check_text(why, "why", LONGEST_WHY)
    ticket = await see_ticket(db, sealer, by, ticket_id, "return_ticket")
    sealed = seal_text(sealer, ticket_id, "why", told)
    try:
        await end_ticket(db, ticket, "return_ticket", ", return_sealed = $4, returned_by = $5", sealed, by.person_id)
    except Refused:
        if not await _is_done(db, ticket_id, "state = 'returned' and returned_by = $2", by.person_id):
            raise
        before = await db.fetchval("select return_sealed from tickets where id = $1", ticket_id)
        must_repeat("why", ours=True, same=open_text(sealer, ticket_id, "why", before) == told)
        return
    case_id = await _record(db, by, ticket, "ticket_returned")
    await db.execute("update cases set turn = 'staff', turn_at = now() where id = $1 and turn <> 'staff'", case_id)
    await _wait_again(db, case_id)


async def _is_done(db: Connection, ticket_id: UUID, condition: str, *values: object) -> bool:
    """Whether it is as this very form would have it: a form that was sent twice."""
    return bool(await db.fetchval(f"select true from tickets where id = $1 and {condition}", ticket_id, *values))


async def _record(db: Connection, by: By, ticket: Ticket, kind: str) -> UUID:
    data = {"ticket": str(ticket.id), "unit": str(ticket.to_unit_id)}
    await record(db, ticket.case_id, kind, by.kind, by.person_id, data)
    return ticket.case_id


async def _wait_again(db: Connection, case_id: UUID) -> None:
    """A closed case gets a new visit in the queue that its last one had; the event before holds the case's lock."""
    visit_id: UUID | None = await db.fetchval(
        "insert into visits (id, case_id, unit_id, priority, for_role)"
        " select $2, c.id, v.unit_id, v.priority, v.for_role from cases c join visits v on v.id = c.visit_id"
        " where c.id = $1 and v.state = 'closed' returning id",
        case_id, new_id(),
    )  # fmt: skip
    if visit_id is not None:
        await db.execute("update cases set visit_id = $2 where id = $1", case_id, visit_id)
