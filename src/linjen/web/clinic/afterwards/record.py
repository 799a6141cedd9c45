"""Dokumentera: the list of what waits for its note, the note as a checklist, and what is copied from a case."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.afterwards.document import Documented, find_documented
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.errors import NotFound, Refused
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
        "case": f"/clinic/cases/{one.case_id}", "name": one.name, "age": age_words(one.birth_on, clock.now()),
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
    version = exchange.text_of("version", longest=9)
    try:
        async with exchange.site.database.transaction() as db:
            known = int(version) if version.isdigit() else 0
            await save_draft(db, exchange.site.sealer, exchange.by, case_id, note, known)
    except Refused as error:
        if error.reason != "draft_changed":
            raise
        await note_refusal(exchange.site.database, exchange.by, "write_record", case_id, error)
        return await _show(exchange, note)
    return exchange.redirect(f"/clinic/cases/{case_id}/record?done=saved")


@post_page("/clinic/cases/{case_id:str}/documentations", verb="document", who="staff", max_body=1024 * 1024)
async def end(exchange: Exchange) -> Response[Any]:
    """Klar: dokumenterat; back to the list, without that one."""
    async with exchange.site.database.transaction() as db:
        await finish(db, exchange.by, exchange.id_of("case_id"))
    return exchange.redirect("/clinic/document?done=documented")


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
        parts={name: Part(bool(exchange.text_of(f"tick_{name}", longest=10)),
                          exchange.text_of(f"text_{name}", longest=LONGEST)) for name in PARTS},
        modes=tuple(one for one in MODES if one in exchange.all_of("mode")),
        contact_type=contact_type if contact_type in CONTACT_TYPES else CONTACT_TYPES[0],
        booking={name: exchange.text_of(f"booking_{name}", longest=LONGEST_FIELD) for name in BOOKING},
    )  # fmt: skip


async def _show(exchange: Exchange, typed: RecordNote | None = None) -> Response[Any]:
    """`typed` is what was sent and not kept, since a colleague kept another note meanwhile."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "write_record")
        head = await case_head(db, exchange, case)
        draft = await find_draft(db, exchange.site.sealer, case.id)
        anew = draft is None or bool(exchange.request.query_params.get("fresh"))
        note = typed or (draft.note if draft and not anew else await fill_in(db, exchange, case, head))
        is_old = not anew and draft is not None and case.closed_at is not None and draft.at < case.closed_at
        documented = await find_documented(db, case.id)
    return _draw(exchange, head, note, draft, documented, is_late=typed is not None, is_old=is_old)


def _draw(
    exchange: Exchange,
    head: CaseHead,
    note: RecordNote,
    draft: Draft | None,
    documented: Documented,
    *,
    is_late: bool,
    is_old: bool,
) -> Response[Any]:
    say = exchange.say
    saved = say("record.saved_by", name=draft.by_name, at=moment(exchange, draft.at)) if draft else ""
    return exchange.page(
        "clinic/afterwards/record.html",
        status=409 if is_late else 200, head=head, is_late=is_late, is_old=is_old, saved=saved,
        done=exchange.request.query_params.get("done") == "saved" and not is_late,
        version=draft.version if draft else 0, documented=_documented(exchange, documented), longest=LONGEST,
        parts=[_part(exchange, note, name) for name in PARTS], note_template=exchange.site.settings.record_template,
        modes=[{"value": one, "text": say(f"record.mode.{one}"), "on": one in note.modes} for one in MODES],
        types=_options(exchange, "types", CONTACT_TYPES), contact_type=note.contact_type,
        fields=[_field(exchange, note, name) for name in BOOKING], longest_field=LONGEST_FIELD,
        whole=whole_text(exchange, note), booking=booking_text(exchange, note.booking),
    )  # fmt: skip


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
