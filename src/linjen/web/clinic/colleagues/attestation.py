"""Vidimering: asking a colleague or a role in a case, and attesting, following up, sending on and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from litestar import Response

from linjen.cases.colleagues.attestation import (
    LONGEST,
    PURPOSES,
    Asked,
    request_attestation,
)
from linjen.cases.colleagues.attestation_list import Attestation, Move, list_attestations
from linjen.cases.loading import Case, see_case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.ids import new_id, parse_id
from linjen.core.swedish import date_words
from linjen.people.colleagues import Colleague
from linjen.web.clinic.case.case_head import case_head, moment
from linjen.web.clinic.colleagues.colleague_choice import colleagues_of, read_addressee, role_and_person_options
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

_CASE = "/clinic/cases/{case_id:str}/attestations"


async def attestation_values(
    db: Connection, exchange: Exchange, case: Case, colleagues: Sequence[Colleague]
) -> dict[str, Any]:
    """What clinic/colleagues/attestations.html draws on the page of a case, its form with nothing filled in."""
    found = await list_attestations(db, exchange.site.sealer, exchange.by, case.id)
    return {
        "attestations": [attestation_in_words(exchange, one) for one in found],
        "asking": _fields(exchange, colleagues),
    }


def attestation_in_words(exchange: Exchange, one: Attestation) -> dict[str, Any]:
    """One attestation in sentences: what is asked of whom, how it stands, and what was answered."""
    return {
        "id": str(one.id), "state": exchange.say(f"attestation.state.{one.state}"), "kind": _KINDS[one.state],
        "text": asked_in_words(exchange, one.purpose, _to(exchange, one.to_role, one.to_name), one.due_on),
        "note": one.note, "by": f"{one.by_name}, {moment(exchange, one.at)}", "how": _how(exchange, one),
        "comment": one.comment, "asked": one.asked, "asker": one.asker, "movable": one.movable, "to": one.to_name,
        "moves": [
            {"text": _moved(exchange, move), "reason": move.reason,
             "by": ", ".join(filter(None, [move.by_name, moment(exchange, move.at)]))}
            for move in one.moves
        ],
    }  # fmt: skip


def _moved(exchange: Exchange, move: Move) -> str:
    """To whom it went, and why when nobody chose it: a case that moved is no colleague who has left."""
    to = _to(exchange, move.to_role, move.to_name)
    if move.by_name:
        return exchange.say("attestation.moved", to=to)
    if move.with_case_to:
        return exchange.say("attestation.moved_with_case", to=to, unit=move.with_case_to)
    return exchange.say(f"attestation.{'moved_from_colleague' if move.was_named else 'moved_from_role'}", to=to)


_KINDS = {"requested": "info", "seen": "info", "follow_up": "warning", "attested": "success", "withdrawn": "neutral"}


def _to(exchange: Exchange, role: str, name: str) -> str:
    return name or exchange.say(f"attestation.role.{role}")


def asked_in_words(exchange: Exchange, purpose: str, to: str, due_on: date | None) -> str:
    """'för uppföljning till Sara Ahmadi, senast 3 december 2026'."""
    text = exchange.say(f"attestation.asked.{purpose}", to=to)
    return exchange.say("attestation.asked.by_day", text=text, day=date_words(due_on)) if due_on else text


def _how(exchange: Exchange, one: Attestation) -> str:
    """Who has seen or ended it, and when; '' while nobody has."""
    if one.state == "attested" and one.ended_at is not None:
        return exchange.say("attestation.attested_by", name=one.attested_name, at=moment(exchange, one.ended_at))
    if one.state == "withdrawn" and one.ended_at is not None:
        return exchange.say("attestation.withdrawn_at", at=moment(exchange, one.ended_at))
    if one.seen_at is not None:
        return exchange.say("attestation.seen_by", name=one.seen_name, at=moment(exchange, one.seen_at))
    return ""


@get_page(_CASE, verb="request_attestation", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The form on a page of its own."""
    return await _ask(exchange)


@post_page(_CASE, verb="request_attestation", who="staff")
async def request(exchange: Exchange) -> Response[Any]:
    """Back to the case at what was asked, or the form anew with what was filled in."""
    case_id, attestation_id = exchange.id_of("case_id"), parse_id(exchange.text_of("attestation_id", longest=40))
    to = read_addressee(exchange.text_of("attest_to", longest=200))
    try:
        if to is None or attestation_id is None:
            raise Invalid("choose", "to")
        asked = Asked(
            to=to, purpose=exchange.text_of("attest_purpose", longest=20), due_on=read_day(exchange, "attest_due_on"),
            note=exchange.text_of("attest_note", longest=LONGEST + 1),
        )  # fmt: skip
        async with exchange.site.database.transaction() as db:
            await request_attestation(db, exchange.site.sealer, exchange.by, case_id, attestation_id, asked)
    except Invalid as error:
        return await _ask(exchange, {error.field: told(exchange, error)})
    return exchange.redirect(f"/clinic/cases/{case_id}#at-{attestation_id}")


def told(exchange: Exchange, error: Invalid) -> str:
    """What is to be changed in a form about an attestation."""
    return exchange.told(error, "attestation", longest=error.detail.get("longest", LONGEST))


def read_day(exchange: Exchange, field: str) -> date | None:
    """The day in a field of the form, None when it is none."""
    try:
        return clock.read_day(exchange.text_of(field, longest=20))
    except ValueError:
        return None


def _fields(exchange: Exchange, colleagues: Sequence[Colleague]) -> dict[str, Any]:
    """The values of clinic/colleagues/attestation_fields.html."""
    sent = exchange.request.method == "POST" and "attest_to" in exchange.form
    text = exchange.text_of if sent else (lambda field, longest=0: "")
    return {
        "options": role_and_person_options(exchange, colleagues),
        "purposes": [{"value": one, "text": exchange.say(f"attestation.purpose.{one}")} for one in PURPOSES],
        "to": text("attest_to", longest=200), "purpose": text("attest_purpose", longest=20) or PURPOSES[0],
        "due_on": text("attest_due_on", longest=20), "note": text("attest_note", longest=LONGEST + 1),
        "id": exchange.form_id("attestation_id") if sent else str(new_id()), "longest": LONGEST,
        "least": clock.local_date(clock.now()).isoformat(),
    }  # fmt: skip


async def _ask(exchange: Exchange, errors: Mapping[str, str] | None = None) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "request_attestation")
        head = await case_head(db, exchange, case)
        asking = _fields(exchange, await colleagues_of(db, exchange, case))
    return exchange.page(
        "clinic/colleagues/attestation_ask.html",
        status=422 if errors else 200, head=head, asking=asking, error_of=errors,
        errors=[{"field": f"attest_{field}", "text": text} for field, text in errors.items()],
    )  # fmt: skip


ROUTES = [ask, request]
