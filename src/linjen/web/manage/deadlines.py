"""Tidsgränser: the administrator's page for within how long the unit means to meet a case of each level."""

from __future__ import annotations

import re
from typing import Any

from litestar import Response

from linjen.cases.waiting.deadlines import deadlines_of, set_deadlines
from linjen.cases.waiting.turn import DEADLINES
from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page

#: A time as it is typed: hours, or hours and minutes.
_TIME = re.compile(r"(\d{1,3})(?: tim)?(?: (\d{1,2}) min)?")


@get_page("/manage/units/{unit_id:str}/deadlines", verb="set_deadlines", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """The five times; 404 for who does not decide them."""
    return await noting_refusals(exchange, "set_deadlines", lambda: _page(exchange))


@post_page("/manage/units/{unit_id:str}/deadlines", verb="set_deadlines", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that they are saved, what has to be changed, or what somebody else has chosen."""
    return await noting_refusals(exchange, "set_deadlines", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    typed = {level: exchange.text_of(f"level_{level}", longest=20).strip() for level in DEADLINES}
    chosen = {level: _number(text) if level == 1 else _minutes(text) for level, text in typed.items()}
    was = {level: _number(exchange.text_of(f"was_{level}", longest=8)) for level in DEADLINES}
    try:
        async with exchange.site.database.transaction() as db:
            await set_deadlines(db, exchange.by, unit_id, chosen, was)
    except Invalid as error:
        return await _page(exchange, typed, {error.field: exchange.say(f"manage.deadlines.{error.reason}")})
    except Refused:
        return await _page(exchange, typed, stale=True)
    exchange.site.hub.reload_ledgers(unit_id)
    return exchange.redirect(f"/manage/units/{unit_id}/deadlines?done=1")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _minutes(text: str) -> int:
    """Minutes of "2" or "1 tim 30 min"; 0, which nobody can choose, for what is no time."""
    found = _TIME.fullmatch(text) if text.isascii() else None
    if found is None or int(found[2] or 0) > 59:
        return 0
    return int(found[1]) * 60 + int(found[2] or 0)


def _hours(minutes: int) -> str:
    """'2' or '1 tim 30 min': to the minute, since the page says what is so."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} tim {rest} min" if rest else str(hours)


async def _page(
    exchange: Exchange, typed: dict[int, str] | None = None, error_of: dict[str, str] | None = None, *,
    stale: bool = False,
) -> Response[Any]:  # fmt: skip
    unit_id, errors = exchange.id_of("unit_id"), error_of or {}
    async with exchange.site.database.transaction() as db:
        if not await may_at(db, exchange.by, unit_id, "set_deadlines"):
            raise NotFound("unit")
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        now = await deadlines_of(db, unit_id)
    shown = typed or {level: str(minutes) if level == 1 else _hours(minutes) for level, minutes in now.items()}
    rows = [
        {"field": f"level_{level}", "level": level, "name": exchange.say(f"urgency.{level}"), "value": shown[level],
         "was": now[level], "error": errors.get(f"level_{level}", ""),
         "unit": exchange.say("manage.deadlines.minutes" if level == 1 else "manage.deadlines.hours")}
        for level in DEADLINES
    ]  # fmt: skip
    return await manage_page(
        exchange, "manage/deadlines.html", status=422 if errors else 409 if stale else 200, unit=unit, rows=rows,
        stale=stale, errors=[{"field": field, "text": text} for field, text in errors.items()],
        done="done" in exchange.request.query_params and not (errors or stale),
    )  # fmt: skip


ROUTES = [show, decide]
