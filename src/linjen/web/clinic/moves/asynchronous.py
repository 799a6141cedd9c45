"""Gör asynkront: for how many days, and what the patient is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.cases.loading import see_case
from linjen.cases.moves.asynchronous import MOST_DAYS, make_asynchronous
from linjen.cases.moves.left_behind import find_holding
from linjen.cases.talk.message import LONGEST
from linjen.core import clock
from linjen.core.errors import Invalid
from linjen.units.opening import see_schedule
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.moves.leaving_words import Telling
from linjen.web.clinic.moves.page_texts import is_pages_own
from linjen.web.clinic.moves.unsent import check_unsent, find_unsent, leaves_draft
from linjen.web.exchange import Exchange
from linjen.web.numbers import whole_number
from linjen.web.routing import get_page, post_page


@get_page("/clinic/cases/{case_id:str}/asynchronous", verb="make_asynchronous", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The number of days, and a message that can be changed."""
    return await _ask(exchange, "", exchange.say("asynchronous.tell_text"))


@post_page("/clinic/cases/{case_id:str}/asynchronous", verb="make_asynchronous", who="staff")
async def go_on_later(exchange: Exchange) -> Response[Any]:
    """Back to the case, or the question anew with what was filled in."""
    days, tell = exchange.text_of("days", longest=10).strip(), exchange.text_of("tell", longest=LONGEST + 1)
    answers = not is_pages_own(tell, [exchange.say("asynchronous.tell_text")])
    case_id, by = exchange.id_of("case_id"), exchange.by
    try:
        async with exchange.site.database.transaction() as db:
            await check_unsent(db, exchange, case_id)
            number = whole_number(days)
            await make_asynchronous(db, exchange.site.sealer, by, case_id, number, tell, answers=answers)
    except Invalid as error:
        told = {error.field: exchange.told(error, "asynchronous", longest=LONGEST, most=MOST_DAYS)}
        return await _ask(exchange, days, tell, told)
    return exchange.redirect(f"/clinic/cases/{case_id}")


async def _ask(
    exchange: Exchange, days: str, tell: str, errors: Mapping[str, str] | None = None
) -> Response[Any]:  # fmt: skip
    errors, sent = errors or {}, exchange.request.method == "POST"
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "make_asynchronous")
        head, unsent = await case_head(db, exchange, case), await find_unsent(db, exchange, case.id)
        held = (await find_holding(db, exchange.by)).get(case.id)
        schedule = await see_schedule(db, case.unit_id) if case.unit_id else None
    telling = Telling(exchange, schedule, clock.now()) if schedule else None
    until = telling.until(held) if telling and held else None
    warnings = [telling.waits(held), telling.warning(held)] if telling and held else []
    return exchange.page(
        "clinic/moves/asynchronous.html",
        status=422 if errors else 200, head=head, days=days if sent else str(until.days if until else 1),
        tell=tell, longest=LONGEST,
        unsent=unsent, leave_draft=leaves_draft(exchange), warnings=[one for one in warnings if one],
        error_of=errors, errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


ROUTES = [ask, go_on_later]
