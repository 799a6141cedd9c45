"""Svara efter avslut: the administrator's page for how many days a closed case can be answered."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, see_managed_unit
from linjen.units.reply_days import MOST, reply_days, set_reply_days
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/units/{unit_id:str}/reply-days", verb="set_reply_days", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """The number of days; 404 for who does not decide it."""
    return await noting_refusals(exchange, "set_reply_days", lambda: _page(exchange))


@post_page("/manage/units/{unit_id:str}/reply-days", verb="set_reply_days", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that it is saved, what has to be changed, or what somebody else has chosen."""
    return await noting_refusals(exchange, "set_reply_days", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id, typed = exchange.id_of("unit_id"), exchange.text_of("days", longest=10)
    days, was = _number(typed), _number(exchange.text_of("was", longest=10))
    try:
        async with exchange.site.database.transaction() as db:
            await set_reply_days(db, exchange.by, unit_id, days, was)
    except Invalid as error:
        return await _page(exchange, typed, exchange.say(f"manage.reply_days.{error.reason}", most=MOST))
    except Refused:
        return await _page(exchange, typed, stale=True)
    return exchange.redirect(f"/manage/units/{unit_id}/reply-days?done=1")


def _number(text: str) -> int:
    """What was typed as a number; -1, which nobody can choose, for what is none."""
    return int(text) if text.isascii() and text.isdigit() else -1


async def _page(exchange: Exchange, typed: str | None = None, error: str = "", *, stale: bool = False) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        if not await may_at(db, exchange.by, unit_id, "set_reply_days"):
            raise NotFound("unit")
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        days = await reply_days(db, unit_id)
    return await manage_page(
        exchange, "manage/reply_days.html", status=422 if error else 409 if stale else 200, unit=unit, was=days,
        days=str(days) if typed is None else typed, most=MOST, error=error, stale=stale,
        errors=[{"field": "days", "text": error}] if error else [],
        done="done" in exchange.request.query_params and not (error or stale),
    )  # fmt: skip


ROUTES = [show, decide]
