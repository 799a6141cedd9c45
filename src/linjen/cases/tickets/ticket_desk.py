"""Biljetter på enheten: those that have come to it, those that came back to it, and those that it has sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.tickets.ticket import COLUMNS, FROM, Ticket, as_ticket
from linjen.cases.waiting.ledger import has_ledger
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.sealing import Sealer

#: So many of each are shown.
MOST = 200


class Desk(msgspec.Struct, frozen=True):
    """`back` is what came back or ran out and waits for its sender, the oldest first; `received` what others have sent
    here, those to book first and of them the most urgent; `sent` what this unit has issued and nobody has used.
    """

    back: list[Ticket]
    received: list[Ticket]
    sent: list[Ticket]


def _clause(verb: str) -> str:
    return policy.ticket_clause(verb, "staff", person="$1", unit="$2", today="$3")


_TYPED = "$1::uuid is not null and $2::uuid is not null and $3::date is not null"
_BACK = f"t.state in ('returned', 'expired') and t.settled_at is null and {_clause('settle_ticket')}"
_BOOKED = "(t.state = 'booked' and t.booked_for > now() - interval '1 day')"
_RECEIVED = f"(t.state = 'issued' or {_BOOKED}) and {_clause('return_ticket')}"
_SENT = f"t.state = 'issued' and {_clause('withdraw_ticket')}"
_TO_BOOK = f"t.state = 'issued' and t.kind = 'booking' and {_clause('book_ticket')}"

#: How many wait for somebody at this unit: those to book a time for, and those that came back.
WAITING: Final = f"select count(*) {FROM} where {_TYPED} and (({_BACK}) or ({_TO_BOOK}))"

_ON_DAY = "t.state = 'booked' and (t.booked_for at time zone 'Europe/Stockholm')::date = {day}"

#: How many times are booked today on tickets: they are nobody's own, so they are before everybody who receives them.
BOOKED_TODAY: Final = (
    f"select count(*) {FROM} where {_TYPED} and {_ON_DAY.format(day='$3')} and {_clause('book_ticket')}"
)

_ORDER = {
    _BACK: "t.changed_at, t.id",
    _RECEIVED: "t.state = 'booked', t.kind = 'drop_in', case when t.state = 'issued' then t.priority end,"
    " coalesce(t.booked_for, t.issued_at), t.id",
    _SENT: "t.last_on, t.id",
}


class BookedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A time that this unit has booked on a ticket: for whom, where she was sent from, and when (UTC)."""

    id: UUID
    name: str
    birth_on: date
    protected: str
    from_unit: str
    booked_for: datetime


async def list_booked_tickets(db: Connection, by: By, on: date) -> list[BookedTicket]:
    """The booked tickets of a Swedish day at the receiving unit, in their order; one row in the access log."""
    rows = await db.fetch(
        "select t.id, r.given_name || ' ' || r.surname as name, c.patient_birth_on as birth_on, r.protected,"
        f" f.name as from_unit, t.booked_for {FROM} join residents r on r.id = c.patient_id"
        f" where {_TYPED} and {_ON_DAY.format(day='$4')} and {_clause('book_ticket')}"
        f" order by t.booked_for, t.id limit {MOST}",
        *by.asking(), on,
    )  # fmt: skip
    found = [BookedTicket(**dict(row)) for row in rows]
    if found:
        await log_access(db, by, "list_tickets", None, [one.id for one in found])
    return found


async def see_desk(db: Connection, sealer: Sealer, by: By) -> Desk:
    """The tickets of the unit as far as this person reaches them; one row in the access log with their ids.

    Raises NotFound for who works with no cases at the unit.
    """
    if not await has_ledger(db, by):
        raise NotFound("ledger")
    desk = Desk(*[await _list(db, sealer, by, which) for which in (_BACK, _RECEIVED, _SENT)])
    shown = list(dict.fromkeys(one.id for one in (*desk.back, *desk.received, *desk.sent)))
    await log_access(db, by, "list_tickets", None, shown)
    return desk


async def _list(db: Connection, sealer: Sealer, by: By, which: str) -> list[Ticket]:
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where {_TYPED} and {which} order by {_ORDER[which]} limit {MOST}",
        *by.asking(),
    )  # fmt: skip
    return [as_ticket(sealer, row) for row in rows]
