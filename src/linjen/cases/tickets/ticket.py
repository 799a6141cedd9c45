"""Biljett: reading tickets, and the one way in which each comes to its end (routine F049–F055, state machine 3.2).

A ticket is made from a case and leads to another unit. Its sender is the unit that has the case, its receiver the unit
that it names, its owner the patient. The receiver reads what stands in the ticket, never the case behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access, log_refusal
from linjen.access.by import By
from linjen.cases.states import TICKET_TRANSITIONS
from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.errors import NotFound, Refused
from linjen.core.sealing import Sealer


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with its texts. `history` and `note` are '' where nothing was sent along; `why` is why it was returned.

    `case_id` is the sender's case and is shown to the sender and the patient alone.
    """

    id: UUID
    case_id: UUID
    entry: str
    patient_id: UUID
    patient_birth_on: date
    kind: str
    state: str
    by_name: str
    by_title: str
    from_unit: str
    to_unit_id: UUID
    to_unit: str
    to_phone: str
    to_resource: str | None
    other_provider: bool
    priority: int
    history: str
    note: str
    last_on: date
    issued_at: datetime
    changed_at: datetime
    used_case_id: UUID | None
    booked_for: datetime | None
    why: str
    is_settled: bool


#: What is read of a ticket; a statement that uses it joins as `FROM` does.
COLUMNS = """t.id, t.case_id, c.entry, c.patient_id, c.patient_birth_on, t.kind, t.state, t.to_unit_id, t.to_resource,
 t.other_provider, t.priority, t.history_sealed, t.note_sealed, t.last_on, t.issued_at, t.changed_at, t.used_case_id,
 t.booked_for, t.return_sealed, t.settled_at is not null as is_settled, s.given_name || ' ' || s.surname as by_name,
 s.title as by_title, f.name as from_unit, u.name as to_unit, u.phone as to_phone"""

FROM = """from tickets t join cases c on c.id = t.case_id left join visits v on v.id = c.visit_id
 join staff s on s.id = t.by_id join units f on f.id = t.from_unit_id join units u on u.id = t.to_unit_id"""

_SEALED = {"history_sealed": "history", "note_sealed": "note", "return_sealed": "why"}


def as_ticket(sealer: Sealer, row: Row) -> Ticket:
    """A row of COLUMNS with its texts opened."""
    values = dict(row)
    for column, name in _SEALED.items():
        values[name] = open_text(sealer, row["id"], name, values.pop(column))
    return Ticket(**values)


def seal_text(sealer: Sealer, ticket_id: UUID, name: str, text: str) -> bytes | None:
    """One of a ticket's texts as it is stored, bound to the ticket and to its place in it; None for none."""
    return sealer.seal("ticket", text.encode(), ticket_id.bytes + name.encode()) if text else None


def open_text(sealer: Sealer, ticket_id: UUID, name: str, sealed: bytes | None) -> str:
    """A stored text, '' for none."""
    return sealer.unseal("ticket", sealed, ticket_id.bytes + name.encode()).decode() if sealed else ""


@lru_cache(maxsize=64)
def _select(verb: str, kind: policy.Kind) -> str:
    where = policy.ticket_clause(verb, kind, person="$2", unit="$3", today="$4")
    typed = "$2::uuid is not null and ($3::uuid is null or true) and $4::date is not null"
    return f"select {COLUMNS} {FROM} where t.id = $1 and {typed} and {where}"


async def see_ticket(db: Connection, sealer: Sealer, by: By, ticket_id: UUID, verb: str = "open_ticket") -> Ticket:
    """A ticket that this person may do `verb` to, with a row in the access log on the case that it tells of.

    Raises NotFound for who has no part in it, Refused('not_yours') for who may read it but not do this.
    """
    who = ticket_id, by.person_id, by.unit_id, clock.local_date(clock.now())
    row = await db.fetchrow(_select(verb, by.kind), *who)
    if row is None:
        if verb != "open_ticket" and await db.fetchrow(_select("open_ticket", by.kind), *who):
            raise Refused("not_yours", verb=verb)
        raise NotFound("ticket")
    await log_access(db, by, verb, row["case_id"], [ticket_id])
    return as_ticket(sealer, row)


async def may_ticket(db: Connection, by: By, ticket_id: UUID, verb: str) -> bool:
    """Whether the verb is this person's to do, for a page that offers it: nothing is shown by it, nor logged."""
    who = ticket_id, by.person_id, by.unit_id, clock.local_date(clock.now())
    return await db.fetchrow(_select(verb, by.kind), *who) is not None


async def end_ticket(db: Connection, ticket: Ticket, verb: str, columns: str = "", *values: object) -> None:
    """Bring a ticket that was read by see_ticket to its end by `verb`; `columns` (with values from $4) tell how.

    One conditional update: of two who act in the same second one wins, and the other meets Refused('ticket_over').
    """
    changed = await db.fetchval(
        f"update tickets set state = $2, changed_at = now(){columns} where id = $1 and state = 'issued'"
        " and ($2 = 'cancelled' or last_on >= $3) returning true",
        ticket.id, TICKET_TRANSITIONS["issued", verb], clock.local_date(clock.now()), *values,
    )  # fmt: skip
    if not changed:
        raise Refused("ticket_over", verb=verb)


async def list_case_tickets(db: Connection, sealer: Sealer, case_id: UUID) -> list[Ticket]:
    """The tickets made from a case, and the one that it came by; the latest first. The caller has seen the case."""
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where t.case_id = $1 or t.used_case_id = $1 order by t.issued_at desc, t.id desc",
        case_id,
    )
    return [as_ticket(sealer, row) for row in rows]


async def list_my_tickets(db: Connection, sealer: Sealer, by: By, states: Sequence[str]) -> list[Ticket]:
    """A resident's tickets in these states, and those of the children she writes for; logged as one row."""
    where = policy.ticket_clause("open_ticket", "resident", person="$1", unit="$1", today="$2")
    rows = await db.fetch(
        f"select {COLUMNS} {FROM} where t.state = any($3) and {where} order by t.issued_at desc limit 100",
        by.person_id, clock.local_date(clock.now()), list(states),
    )  # fmt: skip
    if rows:
        await log_access(db, by, "list_tickets", None, [row["id"] for row in rows])
    return [as_ticket(sealer, row) for row in rows]


async def note_ticket_refusal(
    database: Database, by: By, verb: str, ticket_id: UUID, error: NotFound | Refused
) -> None:  # fmt: skip
    """Log a refused attempt on the case behind the ticket, if there is one; after the attempt's own rollback.

    An error that has its row already gets no other.
    """
    if error.is_noted:
        return
    error.is_noted = True
    case_id = await database.fetch_value("select case_id from tickets where id = $1", ticket_id)
    if case_id is not None:
        await log_refusal(database, by, verb, case_id, error.reason)
