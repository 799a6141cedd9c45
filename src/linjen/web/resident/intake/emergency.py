"""Ring 112: the page that comes at once when an answer may mean danger to life; the draft stays."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Refused
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.flow import is_emergency, next_path, path_of
from linjen.web.resident.intake.sheet import Sheet, see_sheet
from linjen.web.resident.intake.step import leave
from linjen.web.routing import get_page


@get_page("/intakes/{case_id:str}/emergency", verb="write_intake", who="resident")
async def show_emergency(exchange: Exchange) -> Response[Any]:
    """What to do now; the region decides whether the case may be queued as level 1 as well."""
    try:
        async with exchange.site.database.transaction() as db:
            sheet = await see_sheet(db, exchange)
    except Refused as refused:
        return await leave(exchange, refused)
    if not is_emergency(sheet):
        return exchange.redirect(next_path(sheet))
    return exchange.page(
        "resident/intake/emergency.html", about=sheet.about, tab="home", by_words=not sheet.is_triaged,
        change=path_of(sheet, "questions" if sheet.is_triaged else "words"), intake_path=sheet.path,
        may_queue=may_queue(sheet), version=sheet.draft.version, **sheet.around,
    )  # fmt: skip


def may_queue(sheet: Sheet) -> bool:
    """Whether a life-threatening case may be sent to the unit all the same, as level 1: the region's setting."""
    return sheet.exchange.site.settings.emergency_may_queue and sheet.is_triaged


ROUTES = [show_emergency]
