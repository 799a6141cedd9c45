"""Bokade besök: a person's own booked visits of today, of another day, or all of the unit's (G26)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response

from linjen.cases.moves.booked import Booked, list_booked
from linjen.cases.tickets.ticket_desk import BookedTicket, list_booked_tickets
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock, swedish
from linjen.core.errors import NotFound
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page


@get_page("/clinic/booked", verb="ledger", who="staff")
async def show_booked(exchange: Exchange) -> Response[Any]:
    """The list of a day, with the ways to other days. 404 for who does not work with cases here."""
    today, asked = clock.local_date(clock.now()), exchange.request.query_params
    on, whole = _day(str(asked.get("day", "")), today), asked.get("whose") == "unit"
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        visits = await list_booked(db, exchange.by, on, whole_unit=whole)
        tickets = await list_booked_tickets(db, exchange.by, on)
        views = await views_here(db, exchange, "booked")
    rows = [(one.starts_at, _row(exchange, one)) for one in visits]
    rows += [(one.booked_for, _ticket_row(exchange, one)) for one in tickets]
    return exchange.page(
        "clinic/moves/booked.html", rows=[row for _, row in sorted(rows, key=_in_order)], views=views, whole=whole,
        day=on.isoformat(), is_today=on == today,
        title=exchange.say("new_visit.of_day", day=swedish.weekday(on).capitalize(), date=swedish.date_words(on)),
        before=(on - timedelta(days=1)).isoformat(), after=(on + timedelta(days=1)).isoformat(),
    )  # fmt: skip


def _day(text: str, today: date) -> date:
    """The day of the address, today for what is none; far away enough from the ends of the calendar to go on from."""
    try:
        found = clock.read_day(text)
    except ValueError:
        return today
    return found if abs((found - today).days) < 3_660 else today


def _row(exchange: Exchange, one: Booked) -> dict[str, Any]:
    return {
        "href": f"/clinic/cases/{one.case_id}", "state": one.state, "with": one.with_name,
        "mine": one.holder_id == exchange.by.person_id, "age": age_words(one.birth_on, clock.now()),
        "name": one.name if one.protected != "yes" else exchange.say("patients.masked"),
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "time": swedish.time_words(clock.local(one.starts_at)) if one.starts_at else exchange.say("new_visit.free"),
    }  # fmt: skip


def _in_order(row: tuple[datetime | None, dict[str, Any]]) -> tuple[bool, float]:
    """Those with a time first, as it comes; the others stay as they were read."""
    starts_at = row[0]
    return starts_at is None, starts_at.timestamp() if starts_at else 0


def _ticket_row(exchange: Exchange, one: BookedTicket) -> dict[str, Any]:
    """A time booked on a ticket: no case of the unit's, so it leads to the ticket."""
    return {
        "href": f"/clinic/tickets/{one.id}", "state": "ticket", "from": one.from_unit,
        "age": age_words(one.birth_on, clock.now()),
        "name": one.name if one.protected != "yes" else exchange.say("patients.masked"),
        "time": swedish.time_words(clock.local(one.booked_for)),
    }  # fmt: skip


ROUTES = [show_booked]
