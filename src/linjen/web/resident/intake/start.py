"""Börja: a new case from the cards of the home page, and the way back into one that was begun."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.start import choose_patient, open_draft, start_case
from linjen.core.errors import Invalid, Refused
from linjen.people.guardians import list_children
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.flow import next_path
from linjen.web.resident.intake.sheet import see_sheet
from linjen.web.resident.intake.step import leave
from linjen.web.routing import get_page, post_page


@post_page("/cases", verb="start_case", who="resident", limit="new_case")
async def start(exchange: Exchange) -> Response[Any]:
    """Begin with entry 'symptom' (Sök vård) or 'admin' (Administrativa frågor); without children it is for herself."""
    entry = exchange.text_of("entry", longest=20)
    if entry not in {"symptom", "admin"}:
        raise Invalid("unknown_entry", "entry")
    by, site = exchange.by, exchange.site
    async with site.database.transaction() as db:
        case_id = await start_case(db, site.sealer, by, entry)
        if not await list_children(db, by.person_id):
            draft = await open_draft(db, site.sealer, by, case_id)
            await choose_patient(db, draft, by, by.person_id)
            return exchange.redirect(f"/intakes/{case_id}/unit")
    return exchange.redirect(f"/intakes/{case_id}/patient")


@get_page("/intakes/{case_id:str}", verb="write_intake", who="resident")
async def resume(exchange: Exchange) -> Response[Any]:
    """Where she left off, on whichever device."""
    try:
        async with exchange.site.database.transaction() as db:
            sheet = await see_sheet(db, exchange)
    except Refused as refused:
        return await leave(exchange, refused)
    return exchange.redirect(next_path(sheet))


ROUTES = [start, resume]
