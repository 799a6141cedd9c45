"""Administration: the first page of who administers users or configuration."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.blocks.review import ToReview, count_to_review
from linjen.cases.waiting.boards import read_standing
from linjen.cases.waiting.load import Standing, list_standing
from linjen.cases.waiting.unmet import UnmetHere, list_unmet
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.swedish import moment_words
from linjen.triage.releases import may
from linjen.units.managed import ManagedUnit, list_managed_units
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.routing import get_page
from linjen.web.unit_words import today_words


@get_page("/manage", verb="see_unit", who="staff")
async def show_start(exchange: Exchange) -> Response[Any]:
    """Her units and how they stand today; 404 without a living administrating assignment."""
    return await noting_refusals(exchange, "see_unit", lambda: _start(exchange))


async def _start(exchange: Exchange) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        units = await _units(db, exchange)
        # Named before it is read: a change between the two wakes the page once too often, never too seldom.
        live = (await read_standing(db, [exchange.by.person_id])).get(exchange.by.person_id, "")
        unmet, loaded = await list_unmet(db, exchange.by), await list_standing(db, exchange.by)
        openings = [_to_review(exchange, one) for one in await count_to_review(db, exchange.by)]
    at = clock.now()
    rows = [{"id": str(unit.id), "name": unit.name, "today": today_words(exchange, unit, at)} for unit in units]
    return await manage_page(
        exchange, "manage/home.html", rows=rows, unmet=[_unmet(exchange, one) for one in unmet],
        loaded=[_loaded(exchange, one) for one in loaded], live=live, openings=openings,
    )  # fmt: skip


def _loaded(exchange: Exchange, one: Standing) -> dict[str, str]:
    """'Hälsocentralen Ankaret: Det är många som väntar, sedan i dag kl. 10.15.', with the way to its page."""
    since = moment_words(one.begun_at, clock.now())
    return {"text": exchange.say("load.home", unit=one.unit_name, since=since),
            "href": f"/manage/units/{one.unit_id}/load"}  # fmt: skip


def _to_review(exchange: Exchange, one: ToReview) -> dict[str, str]:
    """'Hälsocentralen Ankaret: 1 nödöppning väntar på granskning.', with the way to it."""
    key = "one" if one.waiting == 1 else "many"
    return {"text": exchange.say(f"reviewing.home_{key}", unit=one.unit, count=one.waiting),
            "href": f"/manage/units/{one.unit_id}/block-openings"}  # fmt: skip


def _unmet(exchange: Exchange, one: UnmetHere) -> str:
    """'Hälsocentralen Ankaret: 1 ärende med brådskandegrad 1 …', with the time since when nobody has seen to it."""
    key = "one" if one.cases == 1 else "many"
    since = moment_words(one.since_at, clock.now())
    return exchange.say(f"manage.unmet.{key}", unit=one.unit_name, count=one.cases, since=since)


async def _units(db: Connection, exchange: Exchange) -> list[ManagedUnit]:
    """Her units; none for who administers the triage alone."""
    try:
        return await list_managed_units(db, exchange.by)
    except NotFound:
        if await may(db, exchange.by, "see_triage"):
            return []
        raise


ROUTES = [show_start]
