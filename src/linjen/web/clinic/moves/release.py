"""Släpp: the holder gives the case back to the ledger; a message that she has not sent is asked about first."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import may, see_case
from linjen.cases.moves.release import release
from linjen.cases.talk.drafts import erase_draft
from linjen.cases.talk.message import LONGEST
from linjen.core.errors import Invalid
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.moves.unsent import leaves_draft, read_unsent
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


@get_page("/clinic/cases/{case_id:str}/releases", verb="release", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """What is to become of the message that is not sent; back to the case where there is none (any more)."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/releases", verb="release", who="staff")
async def give_back(exchange: Exchange) -> Response[Any]:
    """Back to the ledger, where the case has its place in the queue again; with nothing unsent it costs one press."""
    case_id, by, sealer = exchange.id_of("case_id"), exchange.by, exchange.site.sealer
    # What is sent is what she has read on the page, whatever another window has put into the draft since.
    tell = exchange.text_of("tell", longest=LONGEST * 4) if exchange.text_of("send", longest=10) else ""
    try:
        async with exchange.site.database.transaction() as db:
            settled = bool(tell) or leaves_draft(exchange)
            if not settled and await may(db, by, case_id, "release") and await read_unsent(db, exchange, case_id):
                return exchange.redirect(exchange.request.url.path)
            await release(db, by, case_id, sealer, tell, answers=True)
            if tell:
                await erase_draft(db, by, case_id)
    except Invalid as error:
        return await _ask(exchange, tell, exchange.told(error, "chat", longest=LONGEST))
    return exchange.redirect("/clinic/ledger?done=released")


async def _ask(exchange: Exchange, tell: str = "", error: str = "") -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "release")
        head, unsent = await case_head(db, exchange, case), tell or await read_unsent(db, exchange, case.id)
    if not unsent:
        return exchange.redirect(f"/clinic/cases/{case.id}")
    return exchange.page(
        "clinic/moves/release.html", status=422 if error else 200, head=head, unsent=unsent, error=error,
        errors=[{"field": "send", "text": error}] if error else [],
    )  # fmt: skip


ROUTES = [ask, give_back]
