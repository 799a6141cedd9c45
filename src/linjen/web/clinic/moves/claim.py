"""Ta emot: the button of a waiting case; who comes second is told who came first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.loading import note_refusal
from linjen.cases.moves.claim import claim
from linjen.core.errors import Refused
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


@post_page("/clinic/cases/{case_id:str}/claims", verb="claim", who="staff")
async def take(exchange: Exchange) -> Response[Any]:
    """To the case when it is this person's now, else to a page with the winner's name, or that she has many already."""
    case_id, by, database = exchange.id_of("case_id"), exchange.by, exchange.site.database
    try:
        async with database.transaction() as db:
            await claim(db, by, case_id, over_cap=exchange.text_of("over_cap", longest=3) == "yes")
    except Refused as error:
        if error.reason not in {"already_claimed", "at_cap"}:
            raise
        await note_refusal(database, by, "claim", case_id, error)
        if error.reason == "at_cap":
            return at_cap(exchange, int(str(error.detail["most"])), case_id)
        at = error.detail["at"]
        when = exchange.say("clinic.taken.when", at=moment(exchange, at)) if isinstance(at, datetime) else ""
        name = error.detail["name"]
        return exchange.page("clinic/moves/taken.html", status=409, case_id=case_id, name=name, when=when)
    return exchange.redirect(f"/clinic/cases/{case_id}")


def at_cap(exchange: Exchange, most: int, case_id: UUID | None = None) -> Response[Any]:
    """That she has as many chats as she is to have; one that she chose herself she may take all the same."""
    return exchange.page("clinic/waiting/at_cap.html", status=409, most=most, case_id=case_id)


ROUTES = [take]
