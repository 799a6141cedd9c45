"""Ny biljett: where the patient is sent, what goes along, and a look at exactly that before it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.access.access_log import log_access
from linjen.cases.loading import Case, note_refusal, see_case
from linjen.cases.talk.message import LONGEST
from linjen.cases.tickets.ticket_issue import (
    KINDS,
    LONGEST_DAYS,
    LONGEST_HISTORY,
    LONGEST_NOTE,
    USUAL_DAYS,
    Checked,
    Ticketing,
    check_ticketing,
    issue_ticket,
)
from linjen.cases.timeline import find_last_move
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import new_id, parse_id
from linjen.core.personal_number import parse_personal_number
from linjen.core.swedish import date_words
from linjen.people.residents import unseal_number
from linjen.units.referrals import list_referrals
from linjen.units.resources import list_destinations
from linjen.web.clinic.case.anamnesis import current_lines, read_anamnesis
from linjen.web.clinic.case.case_head import CaseHead, case_head
from linjen.web.clinic.case.further import further_lines, read_further
from linjen.web.clinic.case.meanwhile import moved_words
from linjen.web.clinic.tickets.ticket_words import begins_words, place_words
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

#: Longer than any box: what is too long is said on the page, with the text still in it.
_ROOM = 200_000


class Filled(msgspec.Struct, frozen=True):
    """What the form holds, as it was typed."""

    to: str = ""
    kind: str = "drop_in"
    history: str = ""
    note: str = ""
    last_on: str = ""
    tell: str = ""


@get_page("/clinic/cases/{case_id:str}/tickets", verb="issue_ticket", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The dialogue. The box for the anamnesis is empty: nothing of the history leaves unless somebody puts it there."""
    last = clock.local_date(clock.now()) + USUAL_DAYS
    return await _ask(exchange, Filled(last_on=last.isoformat(), tell=exchange.say("ticketing.tell_text")))


@post_page("/clinic/cases/{case_id:str}/tickets", verb="issue_ticket", who="staff", max_body=1024 * 1024)
async def send_on(exchange: Exchange) -> Response[Any]:
    """By the button that was pressed: the anamnesis copied into its box, the form again, the preview, or the ticket."""
    filled, step = _filled(exchange), exchange.text_of("step", longest=10)
    if step in {"copy", "edit"}:
        return await _ask(exchange, filled, copy=step == "copy")
    try:
        if step == "issue" and exchange.text_of("shown", longest=100) == _token(exchange, filled):
            return await _issue(exchange, filled)
        return await _preview(exchange, filled)
    except Invalid as error:
        words = exchange.told(error, "ticketing", longest=error.detail.get("longest", 0), days=LONGEST_DAYS.days)
        return await _ask(exchange, filled, {error.field: words})
    except Refused as error:
        await note_refusal(exchange.site.database, exchange.by, "issue_ticket", exchange.id_of("case_id"), error)
        if error.reason not in {"not_yours", "wrong_state"}:
            raise
        return await _late(exchange, filled)


def _filled(exchange: Exchange) -> Filled:
    return Filled(**{name: exchange.text_of(name, longest=_ROOM) for name in Filled.__struct_fields__})


def _ticketing(filled: Filled) -> Ticketing:
    unit, _, resource = filled.to.partition("/")
    unit_id = parse_id(unit)
    if unit_id is None:
        raise Invalid("nowhere", "to")
    try:
        last_on = clock.read_day(filled.last_on)
    except ValueError:
        raise Invalid("last_day", "last_on") from None
    return Ticketing(
        kind=filled.kind, unit_id=unit_id, resource=resource or None, last_on=last_on, history=filled.history,
        note=filled.note, tell=filled.tell,
    )  # fmt: skip


def _token(exchange: Exchange, filled: Filled) -> str:
    """What only a preview of just this ticket, shown in this session, carries."""
    content = msgspec.json.encode([exchange.csrf, str(exchange.id_of("case_id")), filled])
    return exchange.site.sealer.token("ticket-preview", content)


async def _issue(exchange: Exchange, filled: Filled) -> Response[Any]:
    case_id, ticket_id = exchange.id_of("case_id"), parse_id(exchange.text_of("ticket_id", longest=40))
    async with exchange.site.database.transaction() as db:
        what = _ticketing(filled)
        await issue_ticket(db, exchange.site.sealer, exchange.by, case_id, ticket_id or new_id(), what)
    return exchange.redirect(f"/clinic/cases/{case_id}#case-tickets")


async def _preview(exchange: Exchange, filled: Filled) -> Response[Any]:
    """Exactly what leaves, in the words in which it will be read there; and what the patient is told."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "issue_ticket")
        head = await case_head(db, exchange, case)
        checked = await check_ticketing(db, case, _ticketing(filled))
        leaves = await _leaves(db, exchange, case, head, checked)
        begins = await begins_words(db, exchange, checked.to.unit_id, checked.to.unit_name)
    return exchange.page(
        "clinic/tickets/ticket_preview.html", head=head, what=checked.what, other=checked.other_provider, leaves=leaves,
        begins=begins, provider=checked.to.provider_name, fields=msgspec.structs.asdict(filled),
        shown=_token(exchange, filled), ticket_id=exchange.form_id("ticket_id"),
    )  # fmt: skip


async def _leaves(
    db: Connection, exchange: Exchange, case: Case, head: CaseHead, checked: Checked
) -> list[dict[str, str]]:
    say, person = exchange.say, exchange.person
    digits = await unseal_number(db, exchange.site.sealer, head.patient_id)
    pairs = {
        "to": place_words(exchange, checked.to.unit_name, checked.to.resource),
        "kind": say(f"ticketing.kind.{checked.what.kind}"), "last_on": date_words(checked.what.last_on),
        "patient": head.name, "number": parse_personal_number(digits).on_screen,
        "level": say("ticketing.level", level=case.priority, word=say(f"urgency.{case.priority}")),
        "sender": say("ticketing.sender", unit=head.unit, name=f"{person['given_name']} {person['surname']}"),
    }  # fmt: skip
    return [{"name": say(f"ticketing.leaves.{key}"), "value": value} for key, value in pairs.items()]


async def _late(exchange: Exchange, filled: Filled) -> Response[Any]:
    """A colleague has the case, or it has ended: who, and what was typed, so that nothing of it is lost."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        head = await case_head(db, exchange, case)
        moved = moved_words(exchange, await find_last_move(db, case.id))
    typed = [text for text in (filled.history, filled.note, filled.tell) if text]
    return exchange.page("clinic/tickets/ticket_late.html", status=409, head=head, typed=typed, moved=moved)


async def _ask(
    exchange: Exchange, filled: Filled, errors: Mapping[str, str] | None = None, *, copy: bool = False
) -> Response[Any]:
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "issue_ticket")
        head = await case_head(db, exchange, case)
        if copy:
            filled = msgspec.structs.replace(filled, history=await _with_anamnesis(db, exchange, case, head, filled))
        groups = await _groups(db, exchange, case.unit_id)
        referrals = await list_referrals(db, case.unit_id)
    today = clock.local_date(clock.now())
    kinds = [{"value": kind, "text": exchange.say(f"ticketing.kind.{kind}"),
              "hint": exchange.say(f"ticketing.kind_hint.{kind}")} for kind in KINDS]  # fmt: skip
    return exchange.page(
        "clinic/tickets/ticket.html",
        status=422 if errors else 200, head=head, filled=filled, groups=groups, kinds=kinds,
        referrals=referrals,
        least=today.isoformat(), most=(today + LONGEST_DAYS).isoformat(), copied=copy, error_of=errors,
        errors=[{"field": field, "text": text} for field, text in errors.items()], longest_history=LONGEST_HISTORY,
        longest_note=LONGEST_NOTE, longest_tell=LONGEST,
        ticket_id=exchange.form_id("ticket_id"),
    )  # fmt: skip


async def _with_anamnesis(db: Connection, exchange: Exchange, case: Case, head: CaseHead, filled: Filled) -> str:
    """What was typed in the box with the anamnesis after it; copying it is a row in the access log of its own."""
    anamnesis, _ = await read_anamnesis(db, exchange, case)
    await log_access(db, exchange.by, "copy_to_ticket", case.id)
    further = further_lines(exchange, await read_further(db, exchange, case))
    text = "\n".join([*current_lines(exchange, head, case, anamnesis), *further])
    if text in filled.history:
        return filled.history
    return f"{filled.history}\n\n{text}" if filled.history else text


async def _groups(db: Connection, exchange: Exchange, own: UUID | None) -> list[dict[str, Any]]:
    """The units of the region by care provider; a unit with resources stands there once for each of them."""
    groups = []
    for provider, of_provider in groupby(await list_destinations(db), key=lambda one: one.provider_name):
        options = []
        for one in of_provider:
            text = place_words(exchange, one.unit_name, one.resource)
            here = exchange.say("ticketing.own_unit", unit=text) if one.unit_id == own else text
            value = f"{one.unit_id}/{one.resource}" if one.resource else str(one.unit_id)
            options.append({"value": value, "text": here})
        groups.append({"name": provider, "options": options})
    return groups


ROUTES = [ask, send_on]
