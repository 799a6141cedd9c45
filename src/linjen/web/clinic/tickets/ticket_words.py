"""Biljetter in words, as staff read them: where one goes, how it stands, and when the receiver begins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from linjen.cases.tickets.ticket import Ticket
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.swedish import date_words
from linjen.units.hours import received_at
from linjen.units.opening import see_schedule
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange

#: The tone of each state's label.
TONES = {
    "issued": "info", "used": "success", "booked": "success", "returned": "warning", "cancelled": "neutral",
    "expired": "warning",
}  # fmt: skip


def tickets_in_words(exchange: Exchange, case_id: UUID, tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    """What clinic/tickets/tickets.html shows of each ticket of a case, the latest first."""
    return [ticket_in_words(exchange, one) | {"came_by": one.used_case_id == case_id} for one in tickets]


def ticket_in_words(exchange: Exchange, one: Ticket) -> dict[str, Any]:
    """One ticket, with its texts."""
    say = exchange.say
    return {
        "id": str(one.id), "state": one.state, "tone": TONES[one.state], "state_words": state_words(exchange, one),
        "to": place_words(exchange, one.to_unit, one.to_resource), "from_unit": one.from_unit,
        "kind": say(f"ticketing.kind.{one.kind}"), "last": date_words(one.last_on), "history": one.history,
        "note": one.note, "why": one.why, "is_settled": one.is_settled, "is_work": is_work(one),
        "by": say("ticketing.by", name=one.by_name, title=one.by_title, at=moment(exchange, one.issued_at)),
        "booked": moment(exchange, one.booked_for) if one.booked_for else "",
    }  # fmt: skip


def sent_reason(exchange: Exchange, history: str, known: Collection[str]) -> str:
    """The contact reason as the copied anamnesis names it, '' where the sender sent none along.

    It is read from what left and never from the case behind it (docs/decisions/what-leaves-with-a-ticket.md), and only
    where it is one of the `known` names: in a list stands nothing that somebody has typed about the patient.
    """
    begins = exchange.say("clinic.copy.reason", reason="").rstrip()
    for line in history.splitlines():
        if line.startswith(begins):
            words = line.removeprefix(begins).strip()
            return words if words in known else ""
    return ""


def is_work(one: Ticket) -> bool:
    """Whether its sender has something to decide: it came back or ran out, and nobody has said that it is done."""
    return one.state in {"returned", "expired"} and not one.is_settled


def state_words(exchange: Exchange, one: Ticket) -> str:
    """How it stands: 'Gäller till och med 15 maj 2023', 'Tid bokad 15 maj 2023, kl. 09.00'."""
    at = moment(exchange, one.booked_for) if one.booked_for else ""
    return exchange.say(f"ticketing.state.{one.state}", last=date_words(one.last_on), at=at, unit=one.to_unit)


def place_words(exchange: Exchange, unit: str, resource: str | None) -> str:
    """'Rehabenheten, fysioterapeut', or the unit alone."""
    if resource is None:
        return unit
    return exchange.say("ticketing.place", unit=unit, resource=exchange.say(f"handover.role.{resource}"))


async def begins_words(db: Connection, exchange: Exchange, unit_id: UUID, unit: str) -> str:
    """When the unit begins with what comes now, from its own hours (routine F052); '' when it has none ahead."""
    now = clock.now()
    at = received_at(await see_schedule(db, unit_id), now)
    if at is None:
        return ""
    return exchange.say("ticketing.begins_now" if at == now else "ticketing.begins", unit=unit, at=moment(exchange, at))
