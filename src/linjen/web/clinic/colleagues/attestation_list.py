"""Vidimering som arbetslista: what waits for me and my roles, and what I have asked others to look at."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.colleagues.attestation_list import (
    AttestationRow,
    count_gone_along,
    list_asked_by_me,
    list_asked_of_me,
)
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.errors import NotFound
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.colleagues.attestation import asked_in_words
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.listed_names import listed_name
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page


@get_page("/clinic/attestations", verb="attestations", who="staff")
async def show_asked_of_me(exchange: Exchange) -> Response[Any]:
    """Att vidimera: overdue first. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows = await list_asked_of_me(db, exchange.by)
        views = await views_here(db, exchange, "attestations")
    return _page(exchange, "to_me", rows, views)


@get_page("/clinic/attestations/mine", verb="attestations", who="staff")
async def show_asked_by_me(exchange: Exchange) -> Response[Any]:
    """Mina begärda: with how each stands, and how many went along with cases that were handed over."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows, gone = await list_asked_by_me(db, exchange.by), await count_gone_along(db, exchange.by)
        views = await views_here(db, exchange, "attestations")
    key = "attestation.one_went_along" if gone == 1 else "attestation.some_went_along"
    return _page(exchange, "by_me", rows, views, exchange.say(key, count=gone) if gone else "")


def _page(
    exchange: Exchange, view: str, rows: list[AttestationRow], views: list[dict[str, Any]], gone: str = ""
) -> Response[Any]:
    lists = (("to_me", "/clinic/attestations"), ("by_me", "/clinic/attestations/mine"))
    tabs = [{"name": name, "href": href, "text": exchange.say(f"attestation.view.{name}")} for name, href in lists]
    return exchange.page(
        "clinic/colleagues/attestation_list.html", view=view, views=views, tabs_here=tabs,
        rows=[_row(exchange, one) for one in rows], gone=gone,
    )  # fmt: skip


def _row(exchange: Exchange, one: AttestationRow) -> dict[str, Any]:
    to = one.to_name or exchange.say(f"attestation.role.{one.to_role}")
    state = exchange.say(f"attestation.state.{one.state}")
    if one.ended_at is not None:
        state = f"{state} {moment(exchange, one.ended_at)}"
    return {
        "href": f"/clinic/cases/{one.case_id}#at-{one.id}", "age": age_words(one.birth_on, clock.now()),
        "name": listed_name(exchange, one.name, one.protected),
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "text": asked_in_words(exchange, one.purpose, to, one.due_on), "state": state,
        "by": exchange.say("attestation.from", name=one.by_name, at=moment(exchange, one.at)),
        "overdue": one.is_overdue, "attested_name": one.attested_name, "open": one.ended_at is None,
        "seen": one.state != "requested",
    }  # fmt: skip


ROUTES = [show_asked_of_me, show_asked_by_me]
