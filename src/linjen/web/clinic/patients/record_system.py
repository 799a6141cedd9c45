"""Jag har öppnat journalen: the button of the notice above the box, and on Patientinfo who has pressed it."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.loading import Case, may
from linjen.cases.patients.record_system import find_record_opened, open_record_system
from linjen.core.database import Connection
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


async def record_system_values(db: Connection, exchange: Exchange, case: Case) -> dict[str, Any]:
    """`record_opened` is who and when in words, '' for nobody; `may_open_record` whether to offer the button, and
    `record_asks` whether the first reply is asked about as long as it stands there.
    """
    opened = await find_record_opened(db, case.id)
    words = ""
    if opened is not None:
        words = exchange.say("clinic.record_system.opened", by=opened.by_name, at=moment(exchange, opened.at))
    offered = opened is None and await may(db, exchange.by, case.id, "open_record_system")
    asks = offered and exchange.site.settings.record_before_reply
    return {"record_opened": words, "may_open_record": offered, "record_asks": asks}


@post_page("/clinic/cases/{case_id:str}/record-openings", verb="open_record_system", who="staff")
async def confirm(exchange: Exchange) -> Response[Any]:
    """Back to the page on which it was pressed."""
    case_id = exchange.id_of("case_id")
    async with exchange.site.database.transaction() as db:
        await open_record_system(db, exchange.by, case_id)
    page = "/patient" if exchange.text_of("back", longest=10) == "patient" else ""
    return exchange.redirect(f"/clinic/cases/{case_id}{page}")


ROUTES = [confirm]
