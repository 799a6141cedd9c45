"""Omnämnd: the cases in which colleagues have written to me in an internal note that I have not read."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.colleagues.mention import MentionRow, list_mentions
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


@get_page("/clinic/mentions", verb="mentions", who="staff")
async def show_mentions(exchange: Exchange) -> Response[Any]:
    """The list, the oldest first. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows = await list_mentions(db, exchange.by)
        views = await views_here(db, exchange, "mentions")
    return exchange.page("clinic/colleagues/mentions.html", views=views, rows=[_row(exchange, one) for one in rows])


def _row(exchange: Exchange, one: MentionRow) -> dict[str, str]:
    key = ("gone_mine" if one.mine else "gone") if one.gone else "from"
    return {
        "href": f"/clinic/cases/{one.case_id}#n-{one.note_id}", "age": age_words(one.birth_on, clock.now()),
        "name": listed_name(exchange, one.name, one.protected),
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "by": exchange.say(f"invitation.mentions.{key}", name=one.by_name, at=moment(exchange, one.at), gone=one.gone),
    }  # fmt: skip


ROUTES = [show_mentions]
