"""Vem har öppnat mina ärenden: unit and time of each look at the resident's cases, to read and to print."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import list_my_cases
from linjen.core import clock, swedish
from linjen.records.openings import MOST, Opening, list_openings
from linjen.web.exchange import Exchange
from linjen.web.resident.shown_case import title_of
from linjen.web.routing import get_page

#: The order in which several things that were done are told.
_ORDER = ("searched", "read", "picture", "record", "copied", "work")


@get_page("/openings", verb="see_openings", who="resident")
async def show_openings(exchange: Exchange) -> Response[Any]:
    """Each look, the latest first, with the case it was of."""
    async with exchange.site.database.transaction() as db:
        cases = await list_my_cases(db, exchange.by)
        found = await list_openings(db, exchange.by, [case.id for case in cases])
    titles = {case.id: title_of(exchange, case) for case in cases}
    return exchange.page(
        "resident/openings.html", tab="profile", rows=[_row(exchange, one, titles) for one in found],
        at=swedish.moment_words(clock.now(), clock.now(), exchange.language), full=len(found) >= MOST,
    )  # fmt: skip


def _row(exchange: Exchange, one: Opening, titles: dict[Any, str]) -> dict[str, str]:
    what = [exchange.say(f"openings.what.{kind}") for kind in _ORDER if kind in one.kinds]
    day, language = clock.local_date(one.at), exchange.language
    return {
        "when": f"{swedish.date_words(day, language)}, {swedish.time_inside(one.at, language)}",
        "unit": one.unit or exchange.say("openings.no_unit"), "what": ", ".join(what),
        "href": f"/cases/{one.case_id}" if one.case_id else "",
        "title": titles.get(one.case_id, "") if one.case_id else "",
    }  # fmt: skip


ROUTES = [show_openings]
