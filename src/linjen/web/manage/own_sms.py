"""Egna sms: the administrator's choice for one unit, on the unit's own page."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.units.own_sms import allow_own
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import noting_refusals
from linjen.web.routing import post_page


@post_page("/manage/units/{unit_id:str}/own-sms", verb="allow_own_sms", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the unit; 404 for who does not decide it."""
    return await noting_refusals(exchange, "allow_own_sms", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id, choice = exchange.id_of("unit_id"), exchange.text_of("own_sms", longest=10)
    if choice not in {"yes", "no"}:
        raise Invalid("unknown_choice", "own_sms")
    async with exchange.site.database.transaction() as db:
        await allow_own(db, exchange.by, unit_id, choice == "yes")
    return exchange.redirect(f"/manage/units/{unit_id}#sms")


ROUTES = [decide]
