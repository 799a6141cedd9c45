"""Vem arbetar med vad: the administrator's page for which roles of a unit work with which kind of case."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.waiting.sharing import KINDS, OTHERS, Sharing, find_sharing, share_queues
from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page, post_page


@get_page("/manage/units/{unit_id:str}/queues", verb="share_queues", who="staff")
async def show(exchange: Exchange) -> Response[Any]:
    """Who works with what; 404 for who does not decide it."""
    return await noting_refusals(exchange, "share_queues", lambda: _page(exchange))


@post_page("/manage/units/{unit_id:str}/queues", verb="share_queues", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that it is saved, what has to be changed, or what somebody else has chosen."""
    return await noting_refusals(exchange, "share_queues", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    chosen = {kind: frozenset(exchange.all_of(kind)) for kind in KINDS}
    was = {kind: frozenset(exchange.text_of(f"was.{kind}", longest=200).split()) for kind in KINDS}
    try:
        async with exchange.site.database.transaction() as db:
            await share_queues(db, exchange.by, unit_id, chosen, was)
    except Invalid as error:
        if error.reason != "nobody":
            raise
        return await _page(exchange, chosen, {error.field: exchange.say(f"manage.sharing.nobody_{error.field}")})
    except Refused:
        return await _page(exchange, stale=True)
    exchange.site.hub.reload_ledgers(unit_id)
    return exchange.redirect(f"/manage/units/{unit_id}/queues?done=1")


async def _page(
    exchange: Exchange, chosen: Sharing | None = None, errors: dict[str, str] | None = None, *, stale: bool = False
) -> Response[Any]:
    unit_id = exchange.id_of("unit_id")
    async with exchange.site.database.transaction() as db:
        if not await may_at(db, exchange.by, unit_id, "share_queues"):
            raise NotFound("unit")
        unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        now = await find_sharing(db, unit_id)
    return await manage_page(
        exchange, "manage/sharing.html", status=422 if errors else 409 if stale else 200, unit=unit, stale=stale,
        kinds=[_kind(exchange, kind, (chosen or now)[kind], now[kind], (errors or {}).get(kind, "")) for kind in KINDS],
        errors=[{"field": kind, "text": text} for kind, text in (errors or {}).items()],
        done="done" in exchange.request.query_params and not (errors or stale),
    )  # fmt: skip


def _kind(exchange: Exchange, kind: str, chosen: object, was: frozenset[str], error: str) -> dict[str, Any]:
    options = [{"value": role, "text": exchange.say(f"manage.role.{role}")} for role in OTHERS[kind]]
    return {"name": kind, "options": options, "values": chosen, "was": " ".join(sorted(was)), "error": error}


ROUTES = [show, decide]
