"""Rätta eller radera: what the law allows, her own words about what is wrong, and what the unit has answered."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from litestar import Response

from linjen.cases.loading import list_my_cases, may, see_case
from linjen.cases.overview import look_around
from linjen.cases.patients.correction import KINDS, LONGEST, Correction, ask_correction, list_corrections
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.web.exchange import Exchange
from linjen.web.resident.shown_case import is_draft, show, title_of
from linjen.web.routing import get_page, post_page


@get_page("/corrections", verb="list", who="resident")
async def choose_case(exchange: Exchange) -> Response[Any]:
    """What the law allows, and her cases to choose from."""
    at = clock.now()
    async with exchange.site.database.transaction() as db:
        cases = [case for case in await list_my_cases(db, exchange.by) if not is_draft(case)]
        around = await look_around(db, [case.id for case in cases])
    return exchange.page(
        "resident/corrections.html", tab="profile", cases=[show(exchange, case, around[case.id], at) for case in cases]
    )


@get_page("/cases/{case_id:str}/corrections", verb="see", who="resident")
async def show_corrections(exchange: Exchange) -> Response[Any]:
    """The form and what has been wished for before. 404 for a draft, which she erases herself."""
    return await _show(exchange)


@post_page("/cases/{case_id:str}/corrections", verb="ask_correction", who="resident")
async def ask(exchange: Exchange) -> Response[Any]:
    """Back to the page, which says that it has come and what happens now; or the form anew with what was typed."""
    case_id, site = exchange.id_of("case_id"), exchange.site
    kind, text = exchange.text_of("kind", longest=20), exchange.text_of("text", longest=10_000)
    correction_id = parse_id(exchange.text_of("correction_id", longest=40))
    try:
        if correction_id is None:
            raise Invalid("unreadable", "text")
        async with site.database.transaction() as db:
            await ask_correction(db, site.sealer, exchange.by, case_id, correction_id, kind, text)
    except Invalid as error:
        errors = {error.field: exchange.told(error, "correction.fault", longest=LONGEST)}
        return await _show(exchange, kind, text, errors=errors, status=422)
    except Refused as error:
        if error.reason != "enough_waiting":
            raise
        return await _show(exchange, kind, text, refused=exchange.say("correction.enough_waiting"), status=409)
    return exchange.redirect(f"/cases/{case_id}/corrections?sent=1")


async def _show(
    exchange: Exchange, kind: str = "", text: str = "", *, errors: dict[str, str] | None = None, refused: str = "",
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        if is_draft(case):
            raise NotFound("case")
        rows = [correction_row(exchange, one) for one in await list_corrections(db, exchange.site.sealer, case.id)]
        can_ask = await may(db, exchange.by, case.id, "ask_correction")
    return exchange.page(
        "resident/correction.html", status=status, tab="cases", case=case, title=title_of(exchange, case), rows=rows,
        can_ask=can_ask, kind=kind, text=text, refused=refused, longest=LONGEST,
        error_of={name: errors.get(name) for name in ("kind", "text")},
        errors=[{"field": field, "text": told} for field, told in errors.items()],
        kinds=[{"value": one, "text": exchange.say(f"correction.kinds.{one}")} for one in KINDS],
        correction_id=exchange.form_id("correction_id") if status != 200 else str(uuid4()),
        sent="sent" in exchange.request.query_params and status == 200,
    )  # fmt: skip


def correction_row(exchange: Exchange, one: Correction) -> dict[str, Any]:
    """One wish in her words: what, when, and how it stands."""
    language, answered = exchange.language, one.answered_at
    return {
        "id": str(one.id), "kind": exchange.say(f"correction.kinds.{one.kind}"), "text": one.text,
        "at": swedish.full_moment(one.at, language), "answer": one.answer, "by": one.answered_by,
        "answered_at": swedish.full_moment(answered, language) if answered else "",
        "state": exchange.say(
            "correction.answered" if answered else "correction.waits", day=swedish.date_words(one.answer_by, language)
        ),
    }  # fmt: skip


async def correction_rows(db: Connection, exchange: Exchange, case_id: Any) -> list[dict[str, Any]]:
    """The wishes of a case that she has seen, for its page."""
    return [correction_row(exchange, one) for one in await list_corrections(db, exchange.site.sealer, case_id)]


ROUTES = [choose_case, show_corrections, ask]
