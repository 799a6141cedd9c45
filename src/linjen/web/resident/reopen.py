"""Svara i ett avslutat ärende: within the window the reply opens it again; after it the text is kept for its writer."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import note_refusal
from linjen.cases.moves.reopen import reopen
from linjen.cases.talk.message import LONGEST
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.web.exchange import Exchange
from linjen.web.resident.case import draw_case
from linjen.web.resident.unsent import keep_unsent
from linjen.web.routing import post_page

#: Where nobody can answer any more: what is said, and her words stay.
_KEPT = {"reply_too_late": "case.reply.late", "unit_shut": "case.reply.not_sent_shut"}


@post_page("/cases/{case_id:str}/reopenings", verb="reopen", who="resident")
async def reply(exchange: Exchange) -> Response[Any]:
    """Back to the case, which waits again; or its page with what was typed and why it was not sent."""
    case_id, text = exchange.id_of("case_id"), exchange.text_of("text", longest=4 * LONGEST)
    message_id = parse_id(exchange.text_of("message_id", longest=40))
    if message_id is None:
        raise NotFound("case")
    try:
        async with exchange.site.database.transaction() as db:
            await reopen(db, exchange.site.sealer, exchange.by, case_id, message_id, text)
    except Invalid as error:
        return await draw_case(exchange, status=422, reply=text, fault=error.reason)
    except Refused as error:
        await note_refusal(exchange.site.database, exchange.by, "reopen", case_id, error)
        if error.reason == "wrong_state":  # it is open already: the words stand in its own box
            return await draw_case(exchange, status=409, text=text, notice=exchange.say("case.reply.is_open"))
        if error.reason not in _KEPT:
            raise
        await keep_unsent(exchange, text)
        return await draw_case(exchange, status=409, notice=exchange.say(_KEPT[error.reason]))
    await keep_unsent(exchange, "")
    return exchange.redirect(f"/cases/{case_id}#composer")


ROUTES = [reply]
