"""Släpp: the holder gives the case back to the ledger."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.moves.release import release
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


@post_page("/clinic/cases/{case_id:str}/releases", verb="release", who="staff")
async def give_back(exchange: Exchange) -> Response[Any]:
    """Back to the ledger, where the case has its place in the queue again."""
    async with exchange.site.database.transaction() as db:
        await release(db, exchange.by, exchange.id_of("case_id"))
    return exchange.redirect("/clinic/ledger?done=released")


ROUTES = [give_back]
