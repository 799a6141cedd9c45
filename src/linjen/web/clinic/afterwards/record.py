"""Dokumentera: the list of what waits for its note, the note as a checklist, and what is copied from a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.afterwards.document import Documented, find_documented
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.core.visible import plain_text
from linjen.records.note import (
    BOOKING,
    CONTACT_TYPES,
    LONGEST,
    LONGEST_FIELD,
    MODES,
    PARTS,
    Draft,
    Part,
    RecordNote,
    find_draft,
    finish,
    save_draft,
)
from linjen.records.undocumented import Undocumented, list_undocumented
from linjen.web.clinic.afterwards.record_words import booking_text, fill_in, part_text, whole_text
from linjen.web.clinic.case.case_head import CaseHead, case_head, moment
from linjen.web.clinic.waiting.views import views_here
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words
from linjen.web.listed_names import listed_name
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page

#: Choices that the booking offers; the other fields are written.
_CONTACTS = ("phone", "reception", "video", "written")
_VISITS = ("new", "return")


@get_page("/clinic/document", verb="to_document", who="staff")
async def show_list(exchange: Exchange) -> Response[Any]:
    """Att dokumentera: one's own closed cases, then the colleagues'. 404 for who does not work with cases here."""
    async with exchange.site.database.transaction() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("ledger")
        rows = [_row(exchange, one) for one in await list_undocumented(db, exchange.by)]
        views = await views_here(db, exchange, "to_document")
    done = exchange.request.query_params.get("done") == "documented"
    return exchange.page("clinic/waiting/to_document.html", rows=rows, views=views, done=done)


def _row(exchange: Exchange, one: Undocumented) -> dict[str, Any]:
    closed = "record.list.mine" if one.is_mine else "record.list.colleague"
    return {
        "case": f"/clinic/cases/{one.case_id}", "name": listed_name(exchange, one.name, one.protected),
        "age": age_words(one.birth_on, clock.now()),
        "reason": reason_on(exchange.site.shelf, one.entry, one.reason, one.protocol), "begun": one.is_begun,
        "closed": exchange.say(closed, name=one.closed_by, at=moment(exchange, one.closed_at)),
        "ended": exchange.say(f"clinic.close.reasons.{one.close_reason}"), "mine": one.is_mine,
    }  # fmt: skip


@get_page("/clinic/cases/{case_id:str}/record", verb="write_record", who="staff")
async def show_note(exchange: Exchange) -> Response[Any]:
    """The note of a closed case: what has been kept of it, else as the case itself fills it in."""
    return await _show(exchange)


@post_page("/clinic/cases/{case_id:str}/record", verb="write_record", who="staff", max_body=1024 * 1024)
async def keep_note(exchange: Exchange) -> Response[Any]:
    """Spara utkast: back to the note; when a colleague was first, what was typed stands there all the same."""
    case_id, note = exchange.id_of("case_id"), _sent_note(exchange)
    try:
        async with exchange.site.database.transaction() as db:
            await save_draft(db, exchange.site.sealer, exchange.by, case_id, note, _version(exchange))
    except Refused as error:
        return await _show_late(exchange, "write_record", note, error)
    return exchange.redirect(f"/clinic/cases/{case_id}/record?done=saved")


@post_page("/clinic/cases/{case_id:str}/documentations", verb="document", who="staff", max_body=1024 * 1024)
async def end(exchange: Exchange) -> Response[Any]:
    """Klar: dokumenterat; back to the list, without that one. What was typed and never saved is first kept and shown
    once more: the draft is erased when the case is documented, and nobody is to lose words by a press of a button.
    """
    case_id, note = exchange.id_of("case_id"), _sent_note(exchange)
    try:
        async with exchange.site.database.transaction() as db:
            unsaved = await _is_unsaved(db, exchange, case_id, note)
            if unsaved:
                await save_draft(db, exchange.site.sealer, exchange.by, case_id, note, _version(exchange))
            else:
                await finish(db, exchange.by, case_id)
    except Refused as error:
        return await _show_late(exchange, "document", note, error)
    if unsaved:
        return exchange.redirect(f"/clinic/cases/{case_id}/record?done=kept")
    return exchange.redirect("/clinic/document?done=documented")


async def _is_unsaved(db: Connection, exchange: Exchange, case_id: UUID, note: RecordNote) -> bool:
    """Whether the form holds words that are neither in the kept note nor what the case filled in."""
    if "text_assessment" not in exchange.form:
        return False
    case = await see_case(db, exchange.by, case_id, "write_record")
    draft = await find_draft(db, exchange.site.sealer, case_id)
    if draft is not None:
        return _words_of(note) != _words_of(draft.note)
    return _words_of(note) != _words_of(await fill_in(db, exchange, case, await case_head(db, exchange, case)))


def _words_of(note: RecordNote) -> list[str]:
    written = [part.text for name, part in sorted(note.parts.items()) if name != "mode"]
    return [plain_text(text).strip() for text in (*written, *(note.booking.get(one, "") for one in BOOKING))]


def _version(exchange: Exchange) -> int:
    """Which kept note the page was drawn with, 0 for none."""
    return exchange.number_of("version")


async def _show_late(exchange: Exchange, verb: str, note: RecordNote, error: Refused) -> Response[Any]:
    """The note as it was typed, when a colleague saved another one or documented the case first; else the refusal."""
    if error.reason not in {"draft_changed", "documented"}:
        raise error
    await note_refusal(exchange.site.database, exchange.by, verb, exchange.id_of("case_id"), error)
    # Klar alone, without a word in the form: there is nothing to give back but what the case says itself.
    typed = note if "text_assessment" in exchange.form else None
    return await _show(exchange, typed, late={"draft_changed": "changed", "documented": "not_kept"}[error.reason])


@post_page("/clinic/cases/{case_id:str}/copies", verb="copy_text", who="staff")
async def log_copy(exchange: Exchange) -> Response[Any]:
    """A text of the case is about to be copied: logged before the page's script gives it away."""
    async with exchange.site.database.transaction() as db:
        await see_case(db, exchange.by, exchange.id_of("case_id"), "copy_text")
    return Response({"logged": True})


def _sent_note(exchange: Exchange) -> RecordNote:
    """The note as the form has it; what is no choice falls back to the first one."""
    contact_type = exchange.text_of("contact_type", longest=20)
    return RecordNote(
        parts={name: _sent_part(exchange, name) for name in PARTS},
        modes=tuple(one for one in MODES if one in exchange.all_of("mode")),
        contact_type=contact_type if contact_type in CONTACT_TYPES else CONTACT_TYPES[0],
        booking={name: exchange.text_of(f"booking_{name}", longest=LONGEST_FIELD) for name in BOOKING},
    )  # fmt: skip


def _sent_part(exchange: Exchange, name: str) -> Part:
    """A part as the form has it. One that was empty and not ticked goes along once something is written in it: who
    writes a diagnosis wants it in the note. (With script it is ticked as she writes, and she may take the tick away.)
    """
    text = exchange.text_of(f"text_{name}", longest=LONGEST)
    begun = bool(exchange.text_of(f"empty_{name}", longest=10)) and bool(text.strip())
    return Part(begun or bool(exchange.text_of(f"tick_{name}", longest=10)), text)


async def _show(exchange: Exchange, typed: RecordNote | None = None, *, late: str = "") -> Response[Any]:
    """`typed` is what was sent and not kept, and `late` the word for why: a colleague came first."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "write_record")
        head = await case_head(db, exchange, case)
        draft = await find_draft(db, exchange.site.sealer, case.id)
        anew = draft is None or bool(exchange.request.query_params.get("fresh"))
        note = typed or (draft.note if draft and not anew else await fill_in(db, exchange, case, head))
        is_old = not anew and draft is not None and case.closed_at is not None and draft.at < case.closed_at
        documented = await find_documented(db, case.id)
    return _draw(exchange, head, note, draft, documented, late=late, is_old=is_old)


def _draw(
    exchange: Exchange,
    head: CaseHead,
    note: RecordNote,
    draft: Draft | None,
    documented: Documented,
    *,
    late: str,
    is_old: bool,
) -> Response[Any]:
    say = exchange.say
    saved = say("record.saved_by", name=draft.by_name, at=moment(exchange, draft.at)) if draft else ""
    return exchange.page(
        "clinic/afterwards/record.html",
        status=409 if late else 200, head=head, late=late and say(f"record.{late}"), is_old=is_old, saved=saved,
        done="" if late else _done(exchange),
        version=draft.version if draft else 0, documented=_documented(exchange, documented), longest=LONGEST,
        parts=[_part(exchange, note, name) for name in PARTS], note_template=exchange.site.settings.record_template,
        modes=[{"value": one, "text": say(f"record.mode.{one}"), "on": one in note.modes} for one in MODES],
        types=_options(exchange, "types", CONTACT_TYPES), contact_type=note.contact_type,
        fields=[_field(exchange, note, name) for name in BOOKING], longest_field=LONGEST_FIELD,
        whole=whole_text(exchange, note), booking=booking_text(exchange, note.booking),
    )  # fmt: skip


def _done(exchange: Exchange) -> str:
    """The words of what the last press did, '' for none."""
    done = exchange.request.query_params.get("done")
    return exchange.say(f"record.{done}") if done in {"saved", "kept"} else ""


def _documented(exchange: Exchange, found: Documented) -> str:
    if found.at is None:
        return ""
    if not found.by_name:
        return exchange.say("record.was_documented")
    return exchange.say("record.is_documented", name=found.by_name, at=moment(exchange, found.at))


def _part(exchange: Exchange, note: RecordNote, name: str) -> dict[str, Any]:
    text = part_text(exchange, note, name)
    rows = min(12, max(1, sum(1 + len(line) // 70 for line in text.split("\n"))))
    heading = exchange.say(f"record.parts.{name}")
    return {"name": name, "heading": heading, "ticked": note.parts[name].ticked, "text": text, "rows": rows}


def _options(exchange: Exchange, group: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"value": one, "text": exchange.say(f"record.{group}.{one}")} for one in names]


def _field(exchange: Exchange, note: RecordNote, name: str) -> dict[str, Any]:
    """One field of the booking; choices stand in it as the words that are copied."""
    group = {"contact": ("contacts", _CONTACTS), "visit": ("visits", _VISITS)}.get(name)
    options = [one["text"] for one in _options(exchange, *group)] if group else []
    value = note.booking.get(name, "")
    return {"name": f"booking_{name}", "label": exchange.say(f"record.fields.{name}"), "value": value,
            "options": options if not value or value in options else [value, *options]}  # fmt: skip


ROUTES = [show_list, show_note, keep_note, end, log_copy]
