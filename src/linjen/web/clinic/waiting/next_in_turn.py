"""Nästa: the button that takes who stands first in one's queue."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.waiting.next_in_turn import take_next
from linjen.core.errors import Refused
from linjen.core.ids import new_id, parse_id
from linjen.web.clinic.moves.claim import at_cap
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


@post_page("/clinic/ledger/next", verb="claim", who="staff")
async def take(exchange: Exchange) -> Response[Any]:
    """To the case; back to the ledger when nobody waits there; else that she has as many as she is to have."""
    claim_id = parse_id(exchange.text_of("claim_id", longest=40)) or new_id()
    if exchange.by.unit_id is None:
        return exchange.redirect("/clinic/units")
    try:
        async with exchange.site.database.transaction() as db:
            case_id = await take_next(db, exchange.by, claim_id)
    except Refused as error:
        if error.reason == "nobody_waits":
            return exchange.redirect("/clinic/ledger?done=nobody_waits")
        if error.reason == "at_cap":
            return at_cap(exchange, int(str(error.detail["most"])))
        raise
    return exchange.redirect(f"/clinic/cases/{case_id}")


ROUTES = [take]
