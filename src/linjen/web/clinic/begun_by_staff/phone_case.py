"""Nytt ärende för någon som ringer: the resident's own questions, answered by staff for who calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.cases.begun_by_staff.outreach import ENTRIES, check_entry, is_child
from linjen.cases.begun_by_staff.phone_case import LONGEST, PhoneCase, add_phone_case, why_no_phone_case
from linjen.cases.intake.interview import (
    FORM_PRIORITY,
    Assessment,
    conclude,
    concluded,
    hear,
    hear_form,
    keep_state,
    untriaged_priority,
)
from linjen.cases.intake.send import ADMIN_PRIORITY
from linjen.cases.intake.start import Intake
from linjen.cases.patients.patients import Patient, note_patient_refusal, see_patient
from linjen.core import clock
from linjen.core.errors import NotFound, Refused, Reused
from linjen.core.ids import new_id, parse_id
from linjen.core.personal_number import age_months
from linjen.people.guardians import list_guardians
from linjen.triage import answer, begin, candidates, choose, next_page, page_at
from linjen.triage.asking.plausible import FALLBACK
from linjen.triage.content.library import Protocols
from linjen.triage.state import Page, State
from linjen.triage.state import Patient as Triaged
from linjen.web.clinic.begun_by_staff.phone_pages import (
    Held,
    begin_held,
    draw_questions,
    draw_reasons,
    draw_result,
    draw_start,
    unsealed,
)
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.question_page import filled_page, read_page
from linjen.web.resident.intake.sheet import Fault
from linjen.web.resident.intake.step import MAX_WORDS_BODY
from linjen.web.routing import get_page, post_page

_CALLERS = ("self", "parent", "relative")
#: Before a guardian's id among the callers.
_GUARDIAN = "guardian-"
_FIELDS = ("entry", "caller", "text")


@get_page("/clinic/patients/{patient_id:str}/calls", verb="begin_case", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """What the caller says, in her own words."""
    return await _start(exchange, await _see(exchange), dict.fromkeys(_FIELDS, ""))


@post_page("/clinic/patients/{patient_id:str}/calls", verb="begin_case", who="staff", max_body=MAX_WORDS_BODY)
async def go_on(exchange: Exchange) -> Response[Any]:
    """The next page, the case that was added, or the page with what has to be changed."""
    patient = await _see(exchange)
    if why_no_phone_case(patient):
        return await _start(exchange, patient, dict.fromkeys(_FIELDS, ""))
    if "held" not in exchange.form:
        return await _begin(exchange, patient)
    held = unsealed(exchange, patient.resident.id)
    protocols = _protocols(exchange, held) if held is not None else None
    if held is None or protocols is None:
        fields = {"entry": held.entry if held else "", "caller": "", "text": held.text if held else ""}
        return await _start(exchange, patient, fields, (Fault("text", exchange.say("phone_case.lost")),))
    if exchange.form.get("do") == "add":
        return await _add(exchange, patient, protocols, held)
    if held.state is not None and not held.chosen:
        return _choose(exchange, patient, protocols, held, held.state)
    if held.state is not None:
        return _answer(exchange, patient, protocols, held, held.state)
    return _result(exchange, patient, protocols, held)


async def _see(exchange: Exchange) -> Patient:
    async with exchange.site.database.transaction() as db:
        return await see_patient(db, exchange.by, exchange.id_of("patient_id"), "begin_case")


def _protocols(exchange: Exchange, held: Held) -> Protocols | None:
    """The version that the interview was begun on, while it is at hand."""
    shelf = exchange.site.shelf
    return shelf.running() if held.state is None else shelf.at_hand(held.state.protocol)


async def _callers(exchange: Exchange, patient: Patient) -> dict[str, str]:
    """Who may call, value to words: of a child under 13 each guardian by name, whose case it will be."""
    callers = {one: exchange.say(f"phone_case.caller.{one}") for one in _CALLERS}
    if not is_child(patient):
        return callers
    async with exchange.site.database.connection() as db:
        found = await list_guardians(db, patient.resident.id) or []
    named = [one for one in found if one.name and one.ended_at is None]
    words = {f"{_GUARDIAN}{one.id}": exchange.say("phone_case.caller.guardian", name=one.name) for one in named}
    unnamed = {"parent": exchange.say("phone_case.caller.other_guardian" if named else "phone_case.caller.parent")}
    return words | unnamed | {"relative": callers["relative"]}


async def _start(
    exchange: Exchange, patient: Patient, fields: dict[str, str], errors: tuple[Fault, ...] = (), refusal: str = ""
) -> Response[Any]:
    callers = await _callers(exchange, patient)
    options = {
        "entries": [{"value": one, "text": exchange.say(f"outreach.entry.{one}")} for one in reversed(ENTRIES)],
        "callers": [{"value": one, "text": words} for one, words in callers.items()],
        "is_child": is_child(patient),
        "longest": LONGEST,
    }
    return draw_start(exchange, patient, fields, options, errors, refusal or why_no_phone_case(patient))


async def _begin(exchange: Exchange, patient: Patient) -> Response[Any]:
    fields = {name: exchange.text_of(name, longest=LONGEST + 1) for name in _FIELDS}
    known = {"entry": ENTRIES, "caller": tuple(await _callers(exchange, patient))}
    faults = [
        Fault(name, exchange.say(f"phone_case.choose_{name}"))
        for name, those in known.items()
        if fields[name] not in those
    ]
    if not 0 < len(fields["text"]) <= LONGEST:
        key = "too_long" if fields["text"] else "empty"
        faults.append(Fault("text", exchange.say(f"phone_case.{key}", longest=LONGEST)))
    if faults:
        return await _start(exchange, patient, fields, tuple(faults))
    try:
        async with exchange.site.database.connection() as db:
            await check_entry(db, exchange.by, fields["entry"])
    except Refused as error:
        return await _start(exchange, patient, fields, refusal=error.reason)
    guardian = fields["caller"].removeprefix(_GUARDIAN) if fields["caller"].startswith(_GUARDIAN) else ""
    protocols, about = exchange.site.shelf.running(), _triaged(patient, "parent" if guardian else fields["caller"])
    if fields["entry"] == "admin" or not exchange.site.shelf.is_on:
        return _result(exchange, patient, protocols, begin_held(fields["entry"], fields["text"], None, guardian))
    state = begin(
        protocols, about.age_years, about.sex, about.writer, fields["text"], about.name, clock.local_date(clock.now())
    )
    return _go_on(exchange, patient, protocols, begin_held(fields["entry"], fields["text"], state, guardian), state)


def _triaged(patient: Patient, caller: str) -> Triaged:
    """Whom the interview is about; a caller who speaks of somebody else is asked about her by name."""
    one = patient.resident
    months = age_months(one.birth_on, clock.local_date(clock.now()))
    return Triaged(months / 12, one.sex, caller, "" if caller == "self" else one.given_name)  # type: ignore[arg-type]


def _choose(exchange: Exchange, patient: Patient, protocols: Protocols, held: Held, state: State) -> Response[Any]:
    offered = [one.id for one in candidates(protocols, state)]
    chosen = [one for one in (*offered, FALLBACK) if one in set(exchange.all_of("reasons"))]
    if not chosen:
        return draw_reasons(exchange, patient, protocols, held, state, exchange.say("intake.reasons.missing"))
    named = list(dict.fromkeys(one for one in chosen if one != FALLBACK)) or [FALLBACK]
    state = choose(protocols, state, named)
    return _go_on(exchange, patient, protocols, msgspec.structs.replace(held, state=state, chosen=True), state)


def _answer(exchange: Exchange, patient: Patient, protocols: Protocols, held: Held, state: State) -> Response[Any]:
    place = min(exchange.number_of("place"), len(state.pages))
    if exchange.form.get("do") == "back":
        return _go_on(exchange, patient, protocols, held, state, max(0, place - 1))
    page = _page(protocols, state, place)
    if page is None:
        return _result(exchange, patient, protocols, held)
    fields, answers, faults = read_page(exchange, page)
    if faults:
        return draw_questions(exchange, patient, protocols, held, state, place, page, fields, tuple(faults))
    state = answer(protocols, state, answers)
    held = msgspec.structs.replace(held, state=state)
    return _go_on(exchange, patient, protocols, held, state, place + 1)


def _page(protocols: Protocols, state: State, place: int) -> Page | None:
    return page_at(protocols, state, place, "sv") if place < len(state.pages) else next_page(protocols, state, "sv")


def _go_on(
    exchange: Exchange, patient: Patient, protocols: Protocols, held: Held, state: State, place: int | None = None
) -> Response[Any]:
    """The page of contact reasons, the page at `place` (the next one without it), or what it came to."""
    if not held.chosen:
        return draw_reasons(exchange, patient, protocols, held, state)
    place = len(state.pages) if place is None else min(place, len(state.pages))
    page = _page(protocols, state, place)
    if page is None:
        return _result(exchange, patient, protocols, held)
    fields = filled_page(page, state.answers)
    return draw_questions(exchange, patient, protocols, held, state, place, page, fields)


def _result(exchange: Exchange, patient: Patient, protocols: Protocols, held: Held) -> Response[Any]:
    told = _told(protocols, patient, held)
    return draw_result(exchange, patient, protocols, held, told.found, told.level)


def _told(protocols: Protocols, patient: Patient, held: Held) -> PhoneCase:
    """What has been said and what it comes to, as the case keeps it."""
    intake, about = Intake(text=held.text), _triaged(patient, "relative")
    if held.state is not None:
        # Who is on the phone has somebody to talk to: self-care advice is hers to give, and the case waits as level 5.
        intake = msgspec.structs.replace(keep_state(intake, held.state), reasons=list(held.state.chosen))
        intake = msgspec.structs.replace(intake, want_contact=True)
        found = concluded(protocols, held.state, conclude(protocols, held.state, intake), "sv")
        return PhoneCase(entry=held.entry, intake=intake, level=found.urgency or FORM_PRIORITY, found=found)
    found, least = _heard(protocols, held, intake, about)
    return PhoneCase(
        entry=held.entry, intake=intake, level=untriaged_priority(protocols, found, least), found=found
    )  # fmt: skip


def _heard(protocols: Protocols, held: Held, intake: Intake, about: Triaged) -> tuple[Assessment, int]:
    if held.entry == "admin":
        return hear(protocols, intake, about), ADMIN_PRIORITY
    return hear_form(protocols, intake, about), FORM_PRIORITY


async def _add(exchange: Exchange, patient: Patient, protocols: Protocols, held: Held) -> Response[Any]:
    if held.state is not None and (not held.chosen or next_page(protocols, held.state, "sv") is not None):
        return _go_on(exchange, patient, protocols, held, held.state)
    hold = exchange.text_of("hold", longest=10)
    told = msgspec.structs.replace(
        _told(protocols, patient, held), to_queue=hold != "me", guardian_id=parse_id(held.guardian)
    )
    case_id, site = UUID(held.case_id), exchange.site
    try:
        async with site.database.transaction() as db:
            await add_phone_case(db, site.sealer, exchange.by, patient.resident.id, case_id, told)
    except Reused as error:  # it has been added, and then something was changed on a page that was gone back to
        exchange.told(error, "")
        return _result(exchange, patient, protocols, msgspec.structs.replace(held, case_id=str(new_id())))
    except (NotFound, Refused) as error:
        await note_patient_refusal(site.database, exchange.by, "begin_case", patient.resident.id, error)
        if isinstance(error, NotFound):
            raise
        fields = {"entry": held.entry, "caller": "", "text": held.text}
        return await _start(exchange, patient, fields, refusal=error.reason)
    return exchange.redirect(f"/clinic/cases/{case_id}")


ROUTES = [ask, go_on]
