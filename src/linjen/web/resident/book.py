"""Ärendet som fil: everything of one of the resident's cases, pictures too, as JSON that other programs can read."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from litestar import Response

from linjen.access.access_log import log_access
from linjen.cases.afterwards.rating import find_rating
from linjen.cases.intake.interview import read_assessment
from linjen.cases.intake.start import read_intake
from linjen.cases.loading import Case, see_case
from linjen.cases.overview import look_around
from linjen.cases.patients.consent import list_consents
from linjen.cases.patients.correction import list_corrections
from linjen.cases.talk.actions import list_actions
from linjen.cases.talk.call_back import CallBack, list_case_calls
from linjen.cases.talk.message import list_messages
from linjen.cases.tickets.ticket import list_case_tickets
from linjen.cases.timeline import list_happenings
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.media.pictures import list_pictures, see_picture
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.self_care import advice_of, version_of
from linjen.web.resident.shown_case import about_of, is_draft, title_of
from linjen.web.routing import get_page

#: Changes when a key changes its meaning; keys may be added. docs/case-book.md says what each is.
FORMAT = "linjen.case-book@1"
#: What happens to a case that is the patient's to know; the rest is work among staff.
_HER_EVENTS = ("case_sent", "case_begun", "claimed", "taken_over", "handed_over", "closed", "reopened", "withdrawn")


@get_page("/cases/{case_id:str}/book", verb="see", who="resident")
async def take_book(exchange: Exchange) -> Response[Any]:
    """The file, to keep; that it was taken is a row of its own in the access log. 404 for a draft or a stranger."""
    async with exchange.site.database.transaction() as db:
        case = await see_to_take(db, exchange)
        book = await _book(db, exchange, case)
    headers = {"content-disposition": f'attachment; filename="{file_name(case)}.json"', "cache-control": "no-store"}
    content = msgspec.json.format(msgspec.json.encode(book), indent=1)
    return Response(content, media_type="application/json", headers=headers)


async def see_to_take(db: Connection, exchange: Exchange) -> Case:
    """The case of the address, to be taken along, which is logged; NotFound for a draft or a stranger."""
    case = await see_case(db, exchange.by, exchange.id_of("case_id"))
    if is_draft(case):
        raise NotFound("case")
    await log_access(db, exchange.by, "export_case", case.id)
    return case


def file_name(case: Case) -> str:
    """What a file of the case is called, without its ending: nothing of what it is about."""
    return f"arende-{clock.local_date(case.sent_at or clock.now()).isoformat()}"


async def _book(db: Connection, exchange: Exchange, case: Case) -> dict[str, Any]:
    sealer, by, masked = exchange.site.sealer, exchange.by, exchange.say("case.paper.protected")
    around = (await look_around(db, [case.id]))[case.id]
    happened = await list_happenings(db, case.id)
    rated = await find_rating(db, sealer, by, case)
    return {
        "format": FORMAT, "written_at": clock.now(), "language": exchange.language,
        "case": {
            "id": case.id, "entry": case.entry, "about": about_of(exchange, case, around),
            "contact_reason": title_of(exchange, case), "unit": around.unit_name, "urgency": case.priority,
            "state": case.state, "sent_at": case.sent_at, "closed_at": case.closed_at, "closed_as": case.close_reason,
        },
        "told": await _told(db, exchange, case),
        "messages": [
            {"number": one.seq, "at": one.sent_at, "by": one.by_kind, "name": one.by_name, "title": one.by_title,
             "text": one.text, "picture": one.picture}
            for one in await list_messages(db, sealer, case.id, masked_as=masked)
        ],
        "events": [{"at": one.at, "kind": one.kind} for one in happened if one.kind in _HER_EVENTS],
        "consents": [{"kind": one.kind, "given": one.choice, "at": one.given_at}
                     for one in await list_consents(db, case.id)],
        "actions": [{"kind": one.kind, "text": one.text, "by": one.by_name, "at": one.at,
                     "confirmed_at": one.confirmed_at} for one in await list_actions(db, sealer, case.id)],
        "tickets": [{"kind": one.kind, "state": one.state, "to": one.to_unit, "by": one.by_name}
                    for one in await list_case_tickets(db, sealer, case.id)],
        "calls": [_call(one, exchange) for one in await list_case_calls(db, sealer, case)],
        "corrections": [
            {"kind": one.kind, "text": one.text, "at": one.at, "answer": one.answer, "answered_at": one.answered_at}
            for one in await list_corrections(db, sealer, case.id)
        ],
        "rating": {"answer": rated.answer, "text": rated.line} if rated.answer else None,
        "pictures": [
            {"id": one.id, "added_at": one.added_at, "description": one.about, "type": "image/jpeg",
             "base64": base64.b64encode(
                await see_picture(db, sealer, by, case.id, one.id, "display")).decode()}
            for one in (await list_pictures(db, sealer, case) if case.pictures else [])
        ],
    }  # fmt: skip


def _call(one: CallBack, exchange: Exchange) -> dict[str, Any]:
    """One wish to be called. Another party of the case is told no number of hers."""
    return {
        "asked_at": one.asked_at, "number": one.number if one.by_id == exchange.by.person_id else "",
        "times": [{"from": start, "until": end} for start, end in one.times], "state": one.state,
        "tries": one.tries, "tried_at": one.tried_at, "settled_at": one.settled_at,
    }  # fmt: skip


async def _told(db: Connection, exchange: Exchange, case: Case) -> dict[str, Any]:
    """Her own words, each question that she was asked with her answer, and the advice that she was given."""
    sealer, protocols = exchange.site.sealer, await version_of(db, exchange, case)
    intake, found = await read_intake(db, sealer, case.id), await read_assessment(db, sealer, case.id)
    return {
        "text": intake.text, "more": intake.extra,
        "answers": [{"code": line.code, "question": line.question, "answer": line.answer} for line in found.lines]
        if found else [],
        "advice": [{"title": one.title, "text": one.intro, "do": one.do, "seek_care_if": one.seek_care_if}
                   for one in advice_of(protocols, found, exchange.language)] if found else [],
        "triage": found.protocol if found else "",
    }  # fmt: skip


ROUTES = [take_book]
