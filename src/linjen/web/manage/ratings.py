"""Fick patienterna hjälp: what patients answered when their case was closed, by the month, for who leads the unit."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.afterwards.rating import ANSWERS
from linjen.cases.afterwards.rating_counts import Month, count_ratings
from linjen.core import clock
from linjen.core.small_numbers import FEWEST
from linjen.core.swedish import month_words
from linjen.units.managed import see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page


@get_page("/manage/units/{unit_id:str}/ratings", verb="see_ratings", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """The months; 404 for who neither leads nor configures the unit."""
    return await noting_refusals(exchange, "see_ratings", lambda: _page(exchange))


async def _page(exchange: Exchange) -> Response[Any]:
    at, unit_id = clock.now(), exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        months = await count_ratings(db, exchange.site.sealer, exchange.by, unit_id, at)
        unit = await see_managed_unit(db, exchange.by, unit_id, at)
    return await manage_page(
        exchange, "manage/ratings.html", unit=unit, answers=ANSWERS, rows=[_row(exchange, one) for one in months]
    )


def _row(exchange: Exchange, month: Month) -> dict[str, Any]:
    few = exchange.say("ratings.few", fewest=FEWEST)
    return {
        "month": month_words(month.on), "total": few if month.total is None else str(month.total),
        "counts": [{"name": exchange.say(f"rating.answers.{one}"), "value": month.counts[one]} for one in ANSWERS]
        if month.counts else [],
        "running": not month.is_over, "lines": month.lines,
    }  # fmt: skip


ROUTES = [show]
