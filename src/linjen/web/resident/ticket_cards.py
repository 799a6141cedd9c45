"""Biljetter in a resident's words: where to, until when, and what stands in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from linjen.cases.tickets.ticket import Ticket
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.units.hours import received_at
from linjen.units.opening import list_schedules
from linjen.units.schedule import Schedule
from linjen.web.exchange import Exchange
from linjen.web.staff_titles import title_in

#: The tone of each state's label.
_TONES = {"issued": "info", "used": "success", "booked": "success"}

#: So many characters of a ticket stand open on its page; more is folded, so that what she can do is not pushed away.
_SHORT = 600

#: Those that Mina ärenden shows: what she can use, what waits for a time, and a time that is booked.
CURRENT = ("issued", "booked")


async def ticket_cards(
    db: Connection, exchange: Exchange, tickets: Sequence[Ticket], here: UUID | None = None
) -> list[dict[str, Any]]:
    """What resident/ticket_cards.html shows of each; `here` is the case on whose page they stand."""
    schedules = await list_schedules(db, list({one.to_unit_id for one in tickets})) if tickets else {}
    return [
        _card(exchange, one, here) | {"begins": _begins(exchange, one, schedules[one.to_unit_id])} for one in tickets
    ]


def _begins(exchange: Exchange, one: Ticket, schedule: Schedule) -> str:
    """When the unit begins with it: what comes to rehab after twelve is the next weekday's (routine F052). '' for what
    is over or has been begun, and where the hours are not known.
    """
    now = clock.now()
    at = received_at(schedule, now if one.kind == "drop_in" else one.issued_at)
    if one.state != "issued" or at is None or (one.kind == "booking" and at <= now):
        return ""
    key = "ticket.begins_now" if at <= now else f"ticket.begins_{one.kind}"
    return exchange.say(key, unit=one.to_unit, at=swedish.moment_words(at, now, exchange.language))


def _card(exchange: Exchange, one: Ticket, here: UUID | None) -> dict[str, Any]:
    """One ticket. `text` is what follows for her, `holds` what was sent along, word for word."""
    say, language, came_by = exchange.say, exchange.language, one.used_case_id is not None and one.used_case_id == here
    last = swedish.date_words(one.last_on, language)
    at = swedish.moment_words(one.booked_for, clock.now(), language) if one.booked_for else ""
    follows = f"{one.state}_{one.kind}" if one.state == "issued" else one.state
    return {
        "id": str(one.id), "case_id": str(one.case_id), "state": one.state, "kind": one.kind, "came_by": came_by,
        "title": say(f"ticket.title.{one.kind}", unit=_place(exchange, one)), "tone": _TONES.get(one.state, "neutral"),
        "state_words": say(f"ticket.state.{one.state}", last=last, at=at),
        "text": say(f"ticket.text.{follows}", unit=one.to_unit, last=last, at=at),
        "by": say(
            "ticket.by", name=one.by_name, title=title_in(language, one.by_title), unit=one.from_unit,
            when=swedish.moment_words(one.issued_at, clock.now(), language),
        ),
        "phone": one.to_phone, "can_use": one.state == "issued" and one.kind == "drop_in",
        "holds": [text for text in (one.note, one.history) if text],
        "is_short": len(one.note) + len(one.history) <= _SHORT,
        "used_case": str(one.used_case_id) if one.used_case_id and not came_by else "",
    }  # fmt: skip


def _place(exchange: Exchange, one: Ticket) -> str:
    if one.to_resource is None:
        return one.to_unit
    return exchange.say("ticket.place", unit=one.to_unit, resource=exchange.say(f"ticket.resource.{one.to_resource}"))
