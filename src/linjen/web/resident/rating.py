"""Fick du den hjälp du behövde: the answer, from the case's page or from Hem, or that she is not to be asked."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.afterwards.rating import LONGEST, leave_rating, rate
from linjen.core.errors import Invalid, Refused
from linjen.web.exchange import Exchange
from linjen.web.resident.case import draw_case
from linjen.web.resident.rating_words import Given
from linjen.web.routing import post_page


@post_page("/cases/{case_id:str}/ratings", verb="rate", who="resident")
async def give(exchange: Exchange) -> Response[Any]:
    """Back to the case, which thanks her; or the question anew with what was typed."""
    case_id, site = exchange.id_of("case_id"), exchange.site
    answer, line = exchange.text_of("answer", longest=20), exchange.text_of("line", longest=2_000)
    try:
        async with site.database.transaction() as db:
            await rate(db, site.sealer, exchange.by, case_id, answer, line)
    except Invalid as error:
        told = exchange.told(error, "rating.fault", longest=LONGEST)
        return await draw_case(exchange, status=422, rating=Given(answer, line, error.field or "answer", told))
    except Refused as refused:
        if refused.reason not in {"rated", "rating_too_late"}:
            raise
        return await draw_case(exchange, status=409, notice=exchange.say(f"rating.{refused.reason}"))
    return exchange.redirect(f"/cases/{case_id}#rating")


@post_page("/cases/{case_id:str}/ratings/left", verb="rate", who="resident")
async def leave(exchange: Exchange) -> Response[Any]:
    """Back to where she was, which does not ask any more."""
    case_id, at_home = exchange.id_of("case_id"), exchange.text_of("from", longest=10) == "home"
    async with exchange.site.database.transaction() as db:
        await leave_rating(db, exchange.by, case_id, for_good=at_home)
    return exchange.redirect("/home" if at_home else f"/cases/{case_id}")


ROUTES = [give, leave]
