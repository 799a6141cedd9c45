"""Vill bli uppringd: the unit's list of who waits for a call, and what came of each."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import note_refusal, see_case
from linjen.cases.patients.contact import find_contact
from linjen.cases.talk.call_back import MOST_TRIES, OUTCOMES, Waiting, list_calls, settle_call
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.phone import display_phone
from linjen.units.units import see_unit
from linjen.web.clinic.case.case import draw_case
from linjen.web.clinic.talk.call_back_words import listed_times
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.listed_names import listed_name
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page
from linjen.web.words import say


@get_page("/clinic/calls", verb="calls", who="staff")
async def show_waiting(exchange: Exchange) -> Response[Any]:
    """The list, who has the earliest time first. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows = [_row(exchange, one) for one in await list_calls(db, exchange.by)]
        views = await views_here(db, exchange, "calls")
    return exchange.page("clinic/talk/calls.html", views=views, rows=rows)


def _row(exchange: Exchange, one: Waiting) -> dict[str, str]:
    words = exchange.say("calling.row_tried" if one.tries else "calling.row",
                         times=listed_times(one.from_at, one.until_at).capitalize())  # fmt: skip
    return {
        "href": f"/clinic/cases/{one.case_id}#case-call", "age": age_words(one.birth_on, clock.now()),
        "name": listed_name(exchange, one.name, one.protected), "words": words,
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol),
        "holder": exchange.say("calling.holder", name=one.holder) if one.holder else "",
    }  # fmt: skip


@post_page("/clinic/cases/{case_id:str}/calls/{call_id:str}/outcomes", verb="settle_call", who="staff")
async def settle(exchange: Exchange) -> Response[Any]:
    """Back to the case; or its page with how it stands, when somebody else came first."""
    case_id, call_id, site = exchange.id_of("case_id"), exchange.id_of("call_id"), exchange.site
    outcome, tried = exchange.text_of("outcome", longest=20), exchange.text_of("tries", longest=2)
    if outcome not in OUTCOMES or tried not in {"0", "1"}:
        raise Invalid("unknown_outcome", "outcome")
    try:
        async with site.database.transaction() as db:
            tell = await _tell(db, exchange, outcome, int(tried))
            await settle_call(db, site.sealer, exchange.by, case_id, call_id, outcome, int(tried), tell)
    except Refused as error:
        if error.reason != "call_settled":
            raise
        await note_refusal(site.database, exchange.by, "settle_call", case_id, error)
        return await draw_case(exchange, notice=exchange.say("calling.late"), status=409)
    return exchange.redirect(f"/clinic/cases/{case_id}#case-call")


async def _tell(db: Connection, exchange: Exchange, outcome: str, tries: int) -> str:
    """What she reads of it in her language; '' where she was reached."""
    if outcome == "reached":
        return ""
    case = await see_case(db, exchange.by, exchange.id_of("case_id"), "settle_call")
    contact = await find_contact(db, case.id)
    language = contact.language if contact else "sv"
    if outcome == "missed" and tries + 1 >= MOST_TRIES and case.unit_id is not None:
        phone = (await see_unit(db, case.unit_id)).phone
        key = "unreached_phone" if phone else "unreached"
        return say(language, f"call_back.tell.{key}", **({"phone": display_phone(phone)} if phone else {}))
    return say(language, f"call_back.tell.{outcome}")


ROUTES = [show_waiting, settle]
