"""Ring mig: she asks to be called in a case that waits or is open, and takes it back with one press."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import see_case
from linjen.cases.talk.call_back import ask_call, withdraw_call
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.web.exchange import Exchange
from linjen.web.resident.call_back_words import typed_of, wish_of
from linjen.web.resident.case import draw_case
from linjen.web.routing import post_page


@post_page("/cases/{case_id:str}/calls", verb="ask_call", who="resident")
async def ask(exchange: Exchange) -> Response[Any]:
    """Back to the case, which says when they ring; or the form anew with what was typed."""
    case_id, site = exchange.id_of("case_id"), exchange.site
    call_id = parse_id(exchange.text_of("call_id", longest=40))
    try:
        async with site.database.transaction() as db:
            case = await see_case(db, exchange.by, case_id, "ask_call")
            if call_id is None or case.unit_id is None:
                raise NotFound("case")
            wish = await wish_of(db, exchange, case.unit_id)
            await ask_call(db, site.sealer, exchange.by, case_id, call_id, wish)
    except Invalid as error:
        return await draw_case(exchange, status=422, call=typed_of(exchange, error))
    except Refused as error:
        if error.reason != "call_waits":
            raise
        return await draw_case(exchange, status=409, notice=exchange.say("call_back.call_waits"))
    return exchange.redirect(f"/cases/{case_id}#call")


@post_page("/cases/{case_id:str}/calls/{call_id:str}/withdrawals", verb="withdraw_call", who="resident")
async def take_back(exchange: Exchange) -> Response[Any]:
    """Back to the case, where she is asked nothing."""
    case_id = exchange.id_of("case_id")
    async with exchange.site.database.transaction() as db:
        await withdraw_call(db, exchange.by, case_id, exchange.id_of("call_id"))
    return exchange.redirect(f"/cases/{case_id}#call")


ROUTES = [ask, take_back]
