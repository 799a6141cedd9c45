"""Behåll öppet: until which day a silent case is kept, when its holder is asked again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response

from linjen.cases.loading import see_case
from linjen.cases.moves.keep import LONGEST, keep
from linjen.core import clock
from linjen.core.errors import Invalid
from linjen.web.clinic.case.case_head import case_head
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/cases/{case_id:str}/keepings", verb="keep", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The day, a week ahead to begin with."""
    return await _ask(exchange, (clock.local_date(clock.now()) + timedelta(days=7)).isoformat())


@post_page("/clinic/cases/{case_id:str}/keepings", verb="keep", who="staff")
async def hold(exchange: Exchange) -> Response[Any]:
    """Back to the silent cases, or the question anew."""
    text = exchange.text_of("until", longest=20)
    try:
        async with exchange.site.database.transaction() as db:
            await keep(db, exchange.by, exchange.id_of("case_id"), _day(text))
    except Invalid as error:
        return await _ask(exchange, text, exchange.told(error, "notices.keep", days=LONGEST.days))
    return exchange.redirect("/clinic/silent")


def _day(text: str) -> date:
    try:
        return clock.read_day(text)
    except ValueError:
        raise Invalid("keep_day", "until") from None


async def _ask(exchange: Exchange, until: str, error: str = "") -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        head = await case_head(db, exchange, await see_case(db, exchange.by, exchange.id_of("case_id"), "keep"))
    today = clock.local_date(clock.now())
    return exchange.page(
        "clinic/moves/keep.html", status=422 if error else 200, head=head, until=until, error=error,
        least=(today + timedelta(days=1)).isoformat(), most=(today + LONGEST).isoformat(),
        errors=[{"field": "until", "text": error}] if error else [],
    )  # fmt: skip


ROUTES = [ask, hold]
