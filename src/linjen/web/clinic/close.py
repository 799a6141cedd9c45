"""Avsluta: the holder says how it ended."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.close import REASONS, close
from linjen.cases.loading import see_case
from linjen.web.clinic.case_head import case_head
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/cases/{case_id:str}/closings", verb="close", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The question with its reasons; none is chosen beforehand."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/closings", verb="close", who="staff")
async def end(exchange: Exchange) -> Response[Any]:
    """Back to the ledger with a word of it, or the question anew when no reason was chosen."""
    reason = exchange.text_of("reason", longest=40)
    if reason not in REASONS:
        return await _ask(exchange, "clinic.close.choose", 422)
    async with exchange.site.database.transaction() as db:
        await close(db, exchange.by, exchange.id_of("case_id"), reason)
    return exchange.redirect("/clinic/ledger?done=closed")


async def _ask(exchange: Exchange, error: str = "", status: int = 200) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "close")
        head = await case_head(db, exchange, case)
    errors = [{"field": "reason", "text": exchange.say(error)}] if error else []
    options = [{"value": one, "text": exchange.say(f"clinic.close.reasons.{one}")} for one in REASONS]
    return exchange.page("clinic/close.html", status=status, head=head, errors=errors, options=options)


ROUTES = [ask, end]
