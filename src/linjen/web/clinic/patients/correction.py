"""Rätta eller radera: the unit's list of what patients want corrected or erased, and the answer to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.cases.loading import note_refusal
from linjen.cases.patients.correction import (
    Waiting,
    answer_correction,
    answer_day,
    list_waiting,
)
from linjen.cases.talk.message import LONGEST
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.swedish import date_words
from linjen.web.clinic.case.case import see_with_head
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.patients.correction_words import corrections_in_words
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.listed_names import listed_name
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page


@get_page("/clinic/corrections", verb="corrections", who="staff")
async def show_waiting(exchange: Exchange) -> Response[Any]:
    """The list, the oldest first. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows = [_waiting_row(exchange, one) for one in await list_waiting(db, exchange.by)]
        views = await views_here(db, exchange, "corrections")
    return exchange.page("clinic/patients/corrections.html", views=views, rows=rows)


def _waiting_row(exchange: Exchange, one: Waiting) -> dict[str, str]:
    day = date_words(answer_day(one.at))
    kind = exchange.say(f"correcting.kinds.{one.kind}")
    return {
        "href": f"/clinic/cases/{one.case_id}/corrections", "age": age_words(one.birth_on, clock.now()),
        "name": listed_name(exchange, one.name, one.protected),
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "words": exchange.say("correcting.row", kind=kind, at=moment(exchange, one.at), day=day),
    }  # fmt: skip


@get_page("/clinic/cases/{case_id:str}/corrections", verb="see", who="staff")
async def show_corrections(exchange: Exchange) -> Response[Any]:
    """Everything that was wished for in the case, with a box for each that waits."""
    return await _show(exchange)


@post_page("/clinic/cases/{case_id:str}/corrections/{correction_id:str}/answers", verb="answer_correction", who="staff")
async def answer(exchange: Exchange) -> Response[Any]:
    """Back to the page; or the box anew with what was typed, also when a colleague came first."""
    case_id, correction_id, site = exchange.id_of("case_id"), exchange.id_of("correction_id"), exchange.site
    field = f"answer-{correction_id}"
    text = exchange.text_of(field, longest=2 * LONGEST)
    try:
        async with site.database.transaction() as db:
            await answer_correction(db, site.sealer, exchange.by, case_id, correction_id, text)
    except Invalid as error:
        told = {field: exchange.told(error, "correcting.fault", longest=LONGEST)}
        return await _show(exchange, typed={field: text}, errors=told, status=422)
    except Refused as error:
        if error.reason != "answered":
            raise
        await note_refusal(site.database, exchange.by, "answer_correction", case_id, error)
        return await _show(exchange, typed={field: text}, late=text, status=409)
    return exchange.redirect(f"/clinic/cases/{case_id}/corrections")


async def _show(
    exchange: Exchange, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
    late: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    errors, typed = errors or {}, typed or {}
    async with exchange.site.database.transaction() as db:
        case, head = await see_with_head(db, exchange)
        rows = await corrections_in_words(db, exchange, case)
    for row in rows:
        row["typed"] = typed.get(row["field"], exchange.say("correcting.begins"))
        row["error"] = errors.get(row["field"])
    return exchange.page(
        "clinic/patients/correction.html", status=status, head=head, rows=rows, late=late, longest=LONGEST,
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


ROUTES = [show_waiting, show_corrections, answer]
