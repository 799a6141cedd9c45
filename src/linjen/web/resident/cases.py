"""Mina ärenden: everything the resident has begun, sent and had answered, for herself and for her children."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.intake.expiry import list_expired
from linjen.cases.intake.start import KEPT_DAYS
from linjen.cases.loading import list_my_cases
from linjen.cases.tickets.ticket import list_my_tickets
from linjen.core import clock, swedish
from linjen.web.exchange import Exchange
from linjen.web.resident.home import show_all
from linjen.web.resident.shown_case import is_draft
from linjen.web.resident.ticket_cards import CURRENT, ticket_cards
from linjen.web.routing import get_page


@get_page("/cases", verb="list", who="resident")
async def show_cases(exchange: Exchange) -> Response[Any]:
    """Begun and open cases, newest change first, and the closed ones by when they were closed."""
    async with exchange.site.database.transaction() as db:
        shown = await show_all(db, exchange, await list_my_cases(db, exchange.by))
        tickets = await list_my_tickets(db, exchange.site.sealer, exchange.by, CURRENT)
        cards = await ticket_cards(db, exchange, tickets)
        expired = await list_expired(db, exchange.by, clock.now())
    closed = [one for one in shown if one.case.state == "closed"]
    return exchange.page(
        "resident/cases.html", tab="cases", tickets=cards, quick_exit=exchange.site.settings.quick_exit_url,
        drafts=[one for one in shown if is_draft(one.case)],
        ongoing=[one for one in shown if one.case.state in {"queued", "in_progress"}],
        closed=sorted(closed, key=lambda one: one.case.closed_at or one.case.created_at, reverse=True), days=KEPT_DAYS,
        expired=[swedish.date_words(day, exchange.language) for day in expired],
    )  # fmt: skip


ROUTES = [show_cases]
