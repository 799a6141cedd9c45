"""Barn under ett år: the danger questions and 112, otherwise 1177 by phone; no case of its own (routine F014).

The real interview asks, page by page, and is kept nowhere: it stands sealed in the form and in the address of the next
page, bound to draft and child. Each page is a GET, so that the browser's own Back works.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

import msgspec
from litestar import Response

from linjen.access.ages import CASE_FROM_YEARS
from linjen.cases.intake.start import see_draft
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.core.sealing import Broken
from linjen.people.guardians import list_children
from linjen.people.residents import Resident
from linjen.triage import Page, Protocols, answer, begin, next_page, page_at
from linjen.triage.asking.interview import is_emergency
from linjen.triage.state import State
from linjen.web.exchange import Exchange
from linjen.web.numbers import whole_number
from linjen.web.resident.intake.around import around
from linjen.web.resident.intake.patient import age_of, months_of
from linjen.web.resident.intake.question_page import filled_page, page_values, read_page
from linjen.web.resident.intake.sheet import Fault
from linjen.web.resident.intake.step import leave
from linjen.web.routing import get_page, post_page

_PURPOSE = "infant"


async def _see_infant(exchange: Exchange, db: Connection) -> Resident:
    """The child of this address; NotFound unless it is her own and under one year."""
    child_id = exchange.id_of("child_id")
    await see_draft(db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"))
    children = await list_children(db, exchange.by.person_id)
    child = next((one for one in children if one.id == child_id and age_of(one) < CASE_FROM_YEARS), None)
    if child is None:
        raise NotFound("child")
    return child


def _begun(protocols: Protocols, child: Resident) -> State:
    return begin(protocols, months_of(child) / 12, child.sex, "parent", name=child.given_name)  # type: ignore[arg-type]


def _row(exchange: Exchange) -> bytes:
    return exchange.id_of("case_id").bytes + exchange.id_of("child_id").bytes


def _sealed(exchange: Exchange, state: State) -> str:
    """The interview as form and address carry it."""
    sealed = exchange.site.sealer.seal(_PURPOSE, zlib.compress(msgspec.json.encode(state)), _row(exchange))
    return base64.urlsafe_b64encode(sealed).decode()


def _sent(exchange: Exchange, name: str) -> str:
    """A field of the form, or of the address where there is no form."""
    found = exchange.form.get(name, "") if exchange.request.method == "POST" else ""
    return str(found) or exchange.request.query_params.get(name, "")


def _unsealed(exchange: Exchange) -> State | None:
    """The interview that came back; None when there is none, or it is of another child."""
    try:
        raw = base64.urlsafe_b64decode(_sent(exchange, "held").encode())
        plain = zlib.decompress(exchange.site.sealer.unseal(_PURPOSE, raw, _row(exchange)))
        return msgspec.json.decode(plain, type=State)
    except (Broken, binascii.Error, zlib.error, ValueError, msgspec.MsgspecError):
        return None


async def _held(exchange: Exchange, db: Connection, child: Resident) -> tuple[Protocols, State]:
    """The interview under way and its version; begun anew, with its answers, where that version is gone."""
    shelf, before = exchange.site.shelf, _unsealed(exchange)
    found = await shelf.find(db, before.protocol) if before else None
    if found is not None and before is not None:
        return found, before
    protocols = shelf.running()
    # What was ticked counts, even when another version, with other questions, runs since the page was drawn.
    said = {code for code, value in (before.answers if before else {}).items() if value is True}
    said |= {code for code in exchange.form if exchange.form[code] == "yes"}
    known = (one.code for one in protocols.vocabulary.findings.values() if one.type == "bool")
    return protocols, answer(protocols, _begun(protocols, child), dict.fromkeys(said.intersection(known), True))


def _page(exchange: Exchange, protocols: Protocols, state: State, place: int) -> Page | None:
    """Page `place` of the danger questions, counted from 0; None when there is none."""
    if place < len(state.pages):
        return page_at(protocols, state, place, exchange.language)
    page = next_page(protocols, state, exchange.language)
    return page if page is not None and page.kind == "danger" else None


def _place(exchange: Exchange, state: State) -> int:
    return min(whole_number(_sent(exchange, "place")), len(state.pages))


def _draw(exchange: Exchange, child: Resident, protocols: Protocols, **values: Any) -> Response[str]:
    return exchange.page(
        "resident/intake/infant.html", about=child.given_name, tab="home", part=None, newer=False,
        back=f"/intakes/{exchange.id_of('case_id')}/patient", **around(exchange, protocols), **values,
    )  # fmt: skip


def _draw_page(
    exchange: Exchange, child: Resident, protocols: Protocols, state: State, place: int, page: Page,
    fields: dict[str, str], errors: list[Fault],
) -> Response[str]:  # fmt: skip
    return _draw(
        exchange, child, protocols, outcome="", errors=errors, status=422 if errors else 200, place=place,
        held=_sealed(exchange, state), fields=fields, **page_values(exchange, page, fields),
    )  # fmt: skip


def _go_on(exchange: Exchange, child: Resident, protocols: Protocols, state: State, place: int) -> Response[str]:
    """The page at `place`, or the number to call: 112 as soon as an answer means it."""
    page = None if is_emergency(protocols, state) else _page(exchange, protocols, state, place)
    if page is None:
        return _draw(exchange, child, protocols, outcome=_outcome(protocols, state), errors=[])
    return _draw_page(exchange, child, protocols, state, place, page, filled_page(page, state.answers), [])


def _lead_to(exchange: Exchange, state: State, place: int) -> Response[Any]:
    """On to the page at `place`, which the browser may show again as often as it likes."""
    return exchange.redirect(f"{exchange.request.url.path}?place={place}&held={_sealed(exchange, state)}")


def _outcome(protocols: Protocols, state: State) -> str:
    """The same as in any interview for what is certain; a "vet inte" to what may be dangerous is no reassurance."""
    if is_emergency(protocols, state):
        return "emergency"
    return "urgent" if any(value is True or value is None for value in state.answers.values()) else "call"


@get_page("/intakes/{case_id:str}/infants/{child_id:str}", verb="write_intake", who="resident")
async def show_infant(exchange: Exchange) -> Response[Any]:
    """The first questions, and the number to call."""
    shelf = exchange.site.shelf
    try:
        async with exchange.site.database.transaction() as db:
            child = await _see_infant(exchange, db)
            protocols, state = await _held(exchange, db, child)
    except Refused as refused:
        return await leave(exchange, refused)
    if not shelf.is_on and not state.answers:  # without triage nothing is asked: a nurse on the phone does
        return _draw(exchange, child, protocols, outcome="call", errors=[])
    return _go_on(exchange, child, protocols, state, _place(exchange, state))


@post_page("/intakes/{case_id:str}/infants/{child_id:str}", verb="write_intake", who="resident")
async def take_infant(exchange: Exchange) -> Response[Any]:
    """112 for what may be life-threatening, 1177 by phone for everything else; nothing is stored."""
    try:
        async with exchange.site.database.transaction() as db:
            child = await _see_infant(exchange, db)
            protocols, state = await _held(exchange, db, child)
    except Refused as refused:
        return await leave(exchange, refused)
    place = _place(exchange, state)
    if exchange.form.get("do") == "back":
        return _lead_to(exchange, state, max(0, place - 1))
    page = _page(exchange, protocols, state, place)
    if page is None:
        return _lead_to(exchange, state, place)
    fields, answers, faults = read_page(exchange, page)
    if faults:
        return _draw_page(exchange, child, protocols, state, place, page, fields, faults)
    return _lead_to(exchange, answer(protocols, state, answers), place + 1)


ROUTES = [show_infant, take_infant]
