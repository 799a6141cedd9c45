"""Ta tillbaka biljett: the sender takes back what nobody has used, and says that she has dealt with what came back."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.tickets.ticket import end_ticket, see_ticket
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record
from linjen.core.sealing import Sealer


async def withdraw_ticket(db: Connection, sealer: Sealer, by: By, ticket_id: UUID) -> UUID:
    """Take an issued ticket back; the id of its case. Taking it back once more changes nothing.

    Raises Refused('ticket_over') when somebody came first, and as see_ticket.
    """
    ticket = await see_ticket(db, sealer, by, ticket_id, "withdraw_ticket")
    try:
        await end_ticket(db, ticket, "withdraw_ticket")
    except Refused:
        if await db.fetchval("select state from tickets where id = $1", ticket_id) == "cancelled":
            return ticket.case_id
        raise
    data = {"ticket": str(ticket_id), "unit": str(ticket.to_unit_id)}
    await record(db, ticket.case_id, "ticket_withdrawn", by.kind, by.person_id, data)
    return ticket.case_id


async def settle_ticket(db: Connection, sealer: Sealer, by: By, ticket_id: UUID) -> UUID:
    """Somebody at the sender has taken care of a ticket that came back or ran out; the id of its case.

    Raises Refused('ticket_not_back') while it is under way, and as see_ticket. Once more changes nothing.
    """
    ticket = await see_ticket(db, sealer, by, ticket_id, "settle_ticket")
    changed = await db.fetchval(
        "update tickets set settled_at = now(), settled_by = $2, changed_at = now() where id = $1"
        " and state in ('returned', 'expired') and settled_at is null returning true",
        ticket_id, by.person_id,
    )  # fmt: skip
    if not changed:
        if ticket.state not in {"returned", "expired"}:
            raise Refused("ticket_not_back", verb="settle_ticket")
        return ticket.case_id
    data = {"ticket": str(ticket_id), "unit": str(ticket.to_unit_id)}
    await record(db, ticket.case_id, "ticket_settled", by.kind, by.person_id, data)
    return ticket.case_id
