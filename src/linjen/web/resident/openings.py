"""Vem har öppnat mina ärenden: unit and time of each look at the resident's cases, to read and to print."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import list_my_cases
from linjen.core import clock, swedish
from linjen.records.openings import MOST, Opening, list_openings
from linjen.records.paper import Pair, Part, Section, write_pdf
from linjen.web.exchange import Exchange
from linjen.web.resident.book_paper import paper_of, pdf_answer
from linjen.web.resident.shown_case import title_of
from linjen.web.routing import get_page

#: The order in which several things that were done are told.
_ORDER = ("searched", "emergency", "consented", "read", "picture", "record", "copied", "work")


@get_page("/openings", verb="see_openings", who="resident")
async def show_openings(exchange: Exchange) -> Response[Any]:
    """Each look, the latest first, with the case it was of."""
    rows = await _rows(exchange)
    return exchange.page(
        "resident/openings.html", tab="profile", rows=rows, full=len(rows) >= MOST,
        at=swedish.moment_words(clock.now(), clock.now(), exchange.language),
    )  # fmt: skip


@get_page("/openings.pdf", verb="see_openings", who="resident", limit="paper")
async def take_openings(exchange: Exchange) -> Response[Any]:
    """The same list as a tagged PDF, to keep or to take to somebody."""
    rows, say = await _rows(exchange), exchange.say
    pairs = [
        Pair(row["when"], "\n".join(line for line in (f"{row['unit']}: {row['what']}", row["title"]) if line))
        for row in rows
    ]
    parts = [Part(kind="text", text=say("openings.as_of", at=swedish.full_moment(clock.now(), exchange.language)))]
    parts += [Part(kind="pairs", pairs=pairs)] if pairs else [Part(kind="text", text=say("openings.none"))]
    if len(rows) >= MOST:
        parts.append(Part(kind="text", text=say("openings.full")))
    notes = [Part(kind="text", text=say("openings.wrong")), Part(kind="text", text=say("openings.lists"))]
    sections = [Section(say("openings.list"), parts), Section(say("openings.wrong_title"), notes)]
    paper = paper_of(exchange, say("openings.title"), say("openings.lead"), sections)
    return pdf_answer(await write_pdf(paper), f"oppnade-arenden-{clock.local_date(clock.now()).isoformat()}")


async def _rows(exchange: Exchange) -> list[dict[str, str]]:
    async with exchange.site.database.transaction() as db:
        cases = await list_my_cases(db, exchange.by)
        found = await list_openings(db, exchange.by, [case.id for case in cases])
    titles = {case.id: title_of(exchange, case) for case in cases}
    return [_row(exchange, one, titles) for one in found]


def _row(exchange: Exchange, one: Opening, titles: dict[Any, str]) -> dict[str, str]:
    what = [exchange.say(f"openings.what.{kind}") for kind in _ORDER if kind in one.kinds]
    day, language = clock.local_date(one.at), exchange.language
    return {
        "when": f"{swedish.date_words(day, language)}, {swedish.time_inside(one.at, language)}",
        "unit": one.unit or exchange.say("openings.no_unit"), "what": ", ".join(what),
        "href": f"/cases/{one.case_id}" if one.case_id else "",
        "title": titles.get(one.case_id, "") if one.case_id else "",
    }  # fmt: skip


ROUTES = [show_openings, take_openings]
