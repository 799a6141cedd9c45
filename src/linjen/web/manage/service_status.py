"""Driftläget: the page where a configuration administrator writes how the service is, and clears it."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.swedish import full_moment
from linjen.people.support import may_answer
from linjen.units.service_status import LONGEST, find_status, set_status
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/service-status", verb="set_service_status", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """What stands there; 404 for who does not decide it."""
    return await noting_refusals(exchange, "set_service_status", lambda: _page(exchange))


@post_page("/manage/service-status", verb="set_service_status", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that it is shown, what has to be changed, or what somebody else has written."""
    return await noting_refusals(exchange, "set_service_status", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    typed = {field: exchange.text_of(field, longest=4 * LONGEST) for field in ("line", "line_en")}
    try:
        async with exchange.site.database.transaction() as db:
            was = exchange.text_of("was", longest=4 * LONGEST)
            await set_status(db, exchange.by, typed["line"], typed["line_en"], was)
    except Invalid as error:
        return await _page(exchange, typed, {error.field: exchange.say("helping.too_long", longest=LONGEST)})
    except Refused:
        return await _page(exchange, typed, stale=True)
    return exchange.redirect("/manage/service-status?done=1")


async def _page(
    exchange: Exchange, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, *,
    stale: bool = False,
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        if not await may_answer(db, exchange.by):
            raise NotFound("page")
        now = await find_status(db)
    return await manage_page(
        exchange, "manage/service_status.html", status=422 if errors else 409 if stale else 200, was=now.line,
        typed=typed or {"line": now.line, "line_en": now.line_en}, longest=LONGEST, stale=stale,
        since=full_moment(now.since) if now.since else "",
        error_of={name: errors.get(name) for name in ("line", "line_en")},
        errors=[{"field": field, "text": text} for field, text in errors.items()],
        done="done" in exchange.request.query_params and not (errors or stale),
    )  # fmt: skip


ROUTES = [show, decide]
