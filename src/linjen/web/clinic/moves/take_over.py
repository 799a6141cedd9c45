"""Ta över: the button in an urgent case whose holder is not there; too early it says when it can be pressed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response

from linjen.cases.loading import note_refusal
from linjen.cases.moves.take_over import Telling, take_over
from linjen.core.errors import Refused
from linjen.core.swedish import time_inside
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


@post_page("/clinic/cases/{case_id:str}/take-overs", verb="take_over", who="staff")
async def take(exchange: Exchange) -> Response[Any]:
    """To the case, which is this person's now; or a page with who has it and from when it can be taken over."""
    case_id, by, site = exchange.id_of("case_id"), exchange.by, exchange.site
    telling = Telling(*(exchange.say(f"clinic.take_over.note_{why}") for why in ("not_there", "unanswered")))
    try:
        async with site.database.transaction() as db:
            await take_over(db, site.sealer, by, case_id, site.settings.staff_idle_s, telling)
    except Refused as error:
        if error.reason not in {"holder_is_here", "not_urgent"}:
            raise
        await note_refusal(site.database, by, "take_over", case_id, error)
        at, name = error.detail.get("at"), str(error.detail.get("name", ""))
        key = "not_urgent" if error.reason == "not_urgent" else "wait" if isinstance(at, datetime) else "answered"
        text = exchange.say(
            f"clinic.take_over.{key}", name=name, at=time_inside(at) if isinstance(at, datetime) else ""
        )
        return exchange.page("clinic/moves/not_taken_over.html", status=409, case_id=case_id, text=text)
    return exchange.redirect(f"/clinic/cases/{case_id}")


ROUTES = [take]
