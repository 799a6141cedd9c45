"""Enhetens meddelande: the page where the head or the administrator of a unit writes what stands above its ledger."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, see_managed_unit
from linjen.units.staff_message import LONGEST, find_staff_message, set_staff_message
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/units/{unit_id:str}/message", verb="set_staff_message", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """What stands there; 404 for who does not decide it."""
    return await noting_refusals(exchange, "set_staff_message", lambda: _page(exchange))


@post_page("/manage/units/{unit_id:str}/message", verb="set_staff_message", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that it is shown, what has to be changed, or what somebody else has written."""
    return await noting_refusals(exchange, "set_staff_message", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id, text = exchange.id_of("unit_id"), exchange.text_of("text", longest=2 * LONGEST)
    try:
        async with exchange.site.database.transaction() as db:
            was = exchange.text_of("was", longest=2 * LONGEST)
            await set_staff_message(db, exchange.by, unit_id, text, was)
    except Invalid as error:
        return await _page(exchange, text, exchange.say(f"manage.staff_message.{error.reason}", longest=LONGEST))
    except Refused:
        return await _page(exchange, text, stale=True)
    exchange.site.hub.reload_ledgers(unit_id)
    return exchange.redirect(f"/manage/units/{unit_id}/message?done=1")


async def _page(exchange: Exchange, typed: str | None = None, error: str = "", *, stale: bool = False) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        if not await may_at(db, exchange.by, unit_id, "set_staff_message"):
            raise NotFound("unit")
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        now = await find_staff_message(db, unit_id)
    return await manage_page(
        exchange, "manage/staff_message.html", status=422 if error else 409 if stale else 200, unit=unit, was=now.text,
        text=now.text if typed is None else typed, longest=LONGEST, error=error, stale=stale,
        errors=[{"field": "text", "text": error}] if error else [],
        done="done" in exchange.request.query_params and not (error or stale),
    )  # fmt: skip


ROUTES = [show, decide]
