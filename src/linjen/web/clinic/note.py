"""Interna anteckningar: what colleagues have written in a case, and the box for one more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from litestar import Response

from linjen.cases.loading import see_case
from linjen.cases.note import LONGEST, Note, write_note
from linjen.core.errors import Invalid
from linjen.core.ids import parse_id
from linjen.web.clinic.case_head import case_head, moment
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page


def notes_in_words(exchange: Exchange, notes: Sequence[Note]) -> list[dict[str, str]]:
    """What clinic/notes.html draws, the first first."""
    return [
        {"id": f"n-{one.id}", "text": one.text, "by": f"{one.by_name}, {one.by_title.lower()}" if one.by_title
         else one.by_name, "at": moment(exchange, one.at)}
        for one in notes
    ]  # fmt: skip


def new_note_id() -> str:
    """The id of the next note, made with its form so that a double press is one note."""
    return str(uuid4())


@get_page("/clinic/cases/{case_id:str}/notes", verb="write_note", who="staff")
async def ask_note(exchange: Exchange) -> Response[Any]:
    """The box on a page of its own, for who comes there by a link."""
    return await _ask(exchange)


@post_page("/clinic/cases/{case_id:str}/notes", verb="write_note", who="staff")
async def keep_note(exchange: Exchange) -> Response[Any]:
    """Back to the case at the note, or the box anew with what was typed."""
    case_id, text = exchange.id_of("case_id"), exchange.text_of("note", longest=LONGEST + 1)
    note_id = parse_id(exchange.text_of("note_id", longest=40))
    try:
        if note_id is None:
            raise Invalid("unreadable", "note")
        async with exchange.site.database.transaction() as db:
            await write_note(db, exchange.site.sealer, exchange.by, case_id, note_id, text)
    except Invalid as error:
        return await _ask(exchange, text, exchange.say(f"clinic.notes.{error.reason}", longest=LONGEST))
    return exchange.redirect(f"/clinic/cases/{case_id}#n-{note_id}")


async def _ask(exchange: Exchange, text: str = "", error: str = "") -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        head = await case_head(db, exchange, await see_case(db, exchange.by, exchange.id_of("case_id"), "write_note"))
    return exchange.page(
        "clinic/note.html", status=422 if error else 200, head=head, text=text, note_id=new_note_id(), longest=LONGEST,
        error=error, errors=[{"field": "note", "text": error}] if error else [],
    )  # fmt: skip


ROUTES = [ask_note, keep_note]
