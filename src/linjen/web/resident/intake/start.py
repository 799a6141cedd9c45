"""Börja: a new case from the cards of the home page, and the way back into one that was begun."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.intake.start import choose_patient, go_on_or_start, keep_text, open_draft, start_case
from linjen.cases.talk.drafts import Typed
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import parse_id
from linjen.people.guardians import list_children
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.flow import next_path
from linjen.web.resident.intake.sheet import see_sheet
from linjen.web.resident.intake.step import MAX_WORDS_BODY, leave
from linjen.web.resident.intake.words import typed_text
from linjen.web.routing import get_page, post_page


@post_page("/cases", verb="start_case", who="resident", limit="new_case", max_body=MAX_WORDS_BODY)
async def start(exchange: Exchange) -> Response[Any]:
    """Begin with entry 'symptom' (Sök vård) or 'admin' (Administrativa frågor); without children it is for herself.

    A draft that nothing has been written in yet is gone on with. `text` is what another case, `kept`, did not take.
    """
    entry = exchange.text_of("entry", longest=20)
    if entry not in {"symptom", "admin"}:
        raise Invalid("unknown_entry", "entry")
    by, site = exchange.by, exchange.site
    text, _ = typed_text(exchange, "text")
    async with site.database.transaction() as db:
        begin = start_case if text else go_on_or_start
        case_id = await begin(db, site.sealer, by, entry)
        has_children = bool(await list_children(db, by.person_id))
        if text or not has_children:
            draft = await open_draft(db, site.sealer, by, case_id)
            if text:
                await keep_text(db, site.sealer, draft, msgspec.structs.replace(draft.intake, text=text))
            if not has_children and draft.case.patient_id is None:
                await choose_patient(db, draft, by, by.person_id)
    if text and (kept := parse_id(exchange.text_of("kept", longest=40))):
        with contextlib.suppress(NotFound, Refused):
            await site.drafts.submit(Typed(by, kept, ""))
    return exchange.redirect(f"/intakes/{case_id}/{'patient' if has_children else 'unit'}")


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
