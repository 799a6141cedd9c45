"""Ta emot: the button of a waiting case; who comes second is told who came first."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.claim import claim
from linjen.cases.loading import note_refusal
from linjen.core.errors import Refused
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


@post_page("/clinic/cases/{case_id:str}/claims", verb="claim", who="staff")
async def take(exchange: Exchange) -> Response[Any]:
    """To the case when it is this person's now, else to a page with the winner's name and the ways on."""
    case_id, by, database = exchange.id_of("case_id"), exchange.by, exchange.site.database
    try:
        async with database.transaction() as db:
            await claim(db, by, case_id)
    except Refused as error:
        if error.reason != "already_claimed":
            raise
        await note_refusal(database, by, "claim", case_id, error)
        return exchange.page("clinic/taken.html", status=409, case_id=case_id, name=error.detail["name"])
    return exchange.redirect(f"/clinic/cases/{case_id}")


ROUTES = [take]
