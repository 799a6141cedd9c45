"""Tysta ärenden: one's own and those of one's queue, silent for 24 hours, and the three ways on (routine F040)."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.moves.inactivity import SilentCase, list_silent
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.errors import NotFound
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.listed_names import listed_name
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page


@get_page("/clinic/silent", verb="silent", who="staff")
async def show_silent(exchange: Exchange) -> Response[Any]:
    """The list, the longest silent first. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        cases = await list_silent(db, exchange.by)
        views = await views_here(db, exchange, "silent")
    return exchange.page(
        "clinic/waiting/silent.html", views=views, rows=[_row(exchange, one) for one in cases], sms=exchange.site.sms
    )


def _row(exchange: Exchange, one: SilentCase) -> dict[str, Any]:
    reminded = moment(exchange, one.reminded_at) if one.reminded_at else ""
    return {
        "href": f"/clinic/cases/{one.case_id}", "held": one.is_held,
        "name": listed_name(exchange, one.name, one.protected),
        "age": age_words(one.birth_on, clock.now()),
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "since": exchange.say("notices.silent.since", at=moment(exchange, one.since_at)),
        "reminded": exchange.say("notices.silent.reminded", at=reminded) if reminded
        else exchange.say("notices.silent.not_reminded"),
    }  # fmt: skip


ROUTES = [show_silent]
