"""Interna anteckningar: what colleagues have written in a case, and the box for one more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from litestar import Response

from linjen.cases.colleagues.attestation import Addressee
from linjen.cases.colleagues.note import LONGEST, Note, write_note
from linjen.cases.loading import see_case
from linjen.core.errors import Invalid
from linjen.core.ids import parse_id
from linjen.web.clinic.case.case_head import case_head, moment
from linjen.web.clinic.colleagues.colleague_choice import colleagues_of, person_options, read_addressee
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

#: More than these are not a mention but a circular.
_MOST_NAMED = 5


def notes_in_words(exchange: Exchange, notes: Sequence[Note]) -> list[dict[str, str]]:
    """What clinic/colleagues/notes.html draws, the first first."""
    return [
        {"id": f"n-{one.id}", "text": one.text, "named": _named(exchange, one), "at": moment(exchange, one.at),
         "by": f"{one.by_name}, {one.by_title.lower()}" if one.by_title else one.by_name}
        for one in notes
    ]  # fmt: skip


def _named(exchange: Exchange, one: Note) -> str:
    if not one.named:
        return ""
    told = exchange.say("clinic.notes.named", names=", ".join(one.named))
    left = {"unread": one.unread, "gone": one.gone}
    rest = [exchange.say(f"clinic.notes.{key}", names=", ".join(names)) for key, names in left.items() if names]
    return ". ".join([told, *rest])


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
        named = _mentioned(exchange)
        async with exchange.site.database.transaction() as db:
            await write_note(db, exchange.site.sealer, exchange.by, case_id, note_id, text, named)
    except Invalid as error:
        told = exchange.told(error, "clinic.notes", longest=LONGEST)
        return await _ask(exchange, text, {error.field: told})
    return exchange.redirect(f"/clinic/cases/{case_id}#n-{note_id}")


def _mentioned(exchange: Exchange) -> list[Addressee]:
    """Whom the form names: a person, or nobody in particular; a role as a whole is asked by an attestation."""
    chosen = [read_addressee(value) for value in exchange.all_of("mention") if value]
    if len(chosen) > _MOST_NAMED or any(one is None or one.staff_id is None for one in chosen):
        raise Invalid("mention_wrong", "mention")
    return [one for one in chosen if one is not None]


async def _ask(exchange: Exchange, text: str = "", errors: Mapping[str, str] | None = None) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "write_note")
        head = await case_head(db, exchange, case)
        options = person_options(exchange, await colleagues_of(db, exchange, case))
    return exchange.page(
        "clinic/colleagues/note.html",
        status=422 if errors else 200, head=head, text=text, note_id=new_note_id(), longest=LONGEST,
        error_of=errors, mention_options=options, mention=next(iter(exchange.all_of("mention")), ""),
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


ROUTES = [ask_note, keep_note]
