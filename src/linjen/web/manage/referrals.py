"""Beslutsstöd: the administrator's page for the unit's table of which complaints go where."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, see_managed_unit
from linjen.units.referrals import (
    as_text,
    keep_referrals,
    list_referrals,
    parse_referrals,
    version_of,
)
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page

_LONGEST = 60_000


@get_page("/manage/units/{unit_id:str}/referrals", verb="keep_referrals", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """The table as text, a row a line; 404 for who does not keep it."""
    return await noting_refusals(exchange, "keep_referrals", lambda: _show(exchange))


@post_page("/manage/units/{unit_id:str}/referrals", verb="keep_referrals", who="staff")
async def save(exchange: Exchange) -> Response[Any]:
    """Back to the page with the table saved, or with what was typed and the line that cannot be read."""
    return await noting_refusals(exchange, "keep_referrals", lambda: _save(exchange))


async def _save(exchange: Exchange) -> Response[Any]:
    unit_id, text = exchange.id_of("unit_id"), exchange.text_of("referrals", longest=_LONGEST)
    try:
        rows = parse_referrals(text)
    except Invalid as error:
        return await _show(exchange, text, exchange.say(f"manage.referrals.{error.reason}", **error.detail))
    empties = not rows and not exchange.text_of("empty", longest=10)
    if empties and await _has_rows(exchange):
        return await _show(exchange, text, exchange.say("manage.referrals.confirm_empty"), asks_empty=True)
    try:
        async with exchange.site.database.transaction() as db:
            await keep_referrals(db, exchange.by, unit_id, rows, exchange.text_of("version", longest=40))
    except Refused as error:
        if error.reason != "table_changed":
            raise
        return await _show(exchange, text, is_late=True)
    return exchange.redirect(f"/manage/units/{unit_id}/referrals?done=saved")


async def _has_rows(exchange: Exchange) -> bool:
    async with exchange.site.database.transaction() as db:
        unit_id = exchange.id_of("unit_id")
        if not await may_at(db, exchange.by, unit_id, "keep_referrals"):
            raise NotFound("unit")
        return bool(await list_referrals(db, unit_id))


async def _show(
    exchange: Exchange, text: str | None = None, error: str = "", *, asks_empty: bool = False, is_late: bool = False
) -> Response[Any]:
    """With `is_late` what was typed stands beside the table as somebody has saved it meanwhile."""
    unit_id = exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        if not await may_at(db, exchange.by, unit_id, "keep_referrals"):
            raise NotFound("unit")
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        rows = await list_referrals(db, unit_id)
    response = await manage_page(
        exchange, "manage/referrals.html", unit=unit, rows=rows, text=as_text(rows) if text is None else text,
        error=error, errors=[{"field": "referrals", "text": error}] if error else [], longest=_LONGEST,
        asks_empty=asks_empty, is_late=is_late,
        version=exchange.text_of("version", longest=40) if error else version_of(rows),
        done=exchange.request.query_params.get("done") == "saved",
    )  # fmt: skip
    response.status_code = 409 if is_late else 422 if error else 200
    return response


ROUTES = [show, save]
