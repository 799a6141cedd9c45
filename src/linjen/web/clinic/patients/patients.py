"""Sök patient: by personal number, which stands in a form and never in an address; and the patient who was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.access.access_log import log_refusal
from linjen.cases.begun_by_staff.outreach import why_not
from linjen.cases.blocks.elsewhere import There, has_more_elsewhere, list_elsewhere
from linjen.cases.patients.history import Past, list_past
from linjen.cases.patients.patients import (
    LONGEST_WHY,
    REASONS,
    Patient,
    check_reason,
    give_reason,
    note_hit,
    reaches,
    see_patient,
)
from linjen.cases.waiting.ledger import has_ledger
from linjen.core import clock
from linjen.core.errors import Invalid, NotFound
from linjen.core.personal_number import PersonalNumber, parse_personal_number
from linjen.core.swedish import date_words
from linjen.people.lookup import look_up
from linjen.people.residents import Resident, find_by_number
from linjen.web.clinic.case.case_head import moment
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words, sex_words
from linjen.web.masked import masked_words, title_name
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page, post_page
from linjen.web.telling import show_protection
from linjen.web.words import has_word

_LONGEST_NUMBER = 40


@get_page("/clinic/patients", verb="search_patient", who="staff")
async def ask(exchange: Exchange) -> Response[Any]:
    """The form. 404 for who does not work with cases here."""
    await _check_works_here(exchange)
    return _form(exchange)


@post_page("/clinic/patients", verb="search_patient", who="staff", limit="patient_search")
async def search(exchange: Exchange) -> Response[Any]:
    """To the patient who was found, or the form anew: with what is wrong, or with the question why she is searched for.

    Without a care relation the question comes first, the same for who is known here and for who is not.
    """
    await _check_works_here(exchange)
    try:
        number = parse_personal_number(exchange.text_of("who", longest=_LONGEST_NUMBER), clock.local_date(clock.now()))
    except Invalid as error:
        key = f"patients.{error.reason}"
        return _form(exchange, {"who": exchange.say(key if has_word("sv", key) else "patients.personal_number_form")})
    known = await _find(exchange, number)
    async with exchange.site.database.connection() as db:
        near = known is not None and await reaches(db, exchange.by, known.id)
    if near:
        return await _found(exchange, number)
    return await _ask_why(exchange, number)


async def _check_works_here(exchange: Exchange) -> None:
    async with exchange.site.database.connection() as db:
        if not await has_ledger(db, exchange.by):
            raise NotFound("patients")


async def _find(exchange: Exchange, number: PersonalNumber) -> Resident | None:
    async with exchange.site.database.connection() as db:
        return await find_by_number(db, exchange.site.sealer, number)


async def _ask_why(exchange: Exchange, number: PersonalNumber) -> Response[Any]:
    reason, why = exchange.text_of("reason", longest=40), exchange.text_of("why", longest=LONGEST_WHY + 1)
    if "reason" not in exchange.form and "why" not in exchange.form:
        await log_refusal(exchange.site.database, exchange.by, "search_patient", None, "reason_needed")
        return _form(exchange, asks=True)
    try:
        check_reason(reason, why)
    except Invalid as error:
        told = {error.field: exchange.told(error, "patients", longest=LONGEST_WHY)}
        return _form(exchange, told, asks=True)
    return await _found(exchange, number, reason, why)


async def _found(exchange: Exchange, number: PersonalNumber, reason: str = "", why: str = "") -> Response[Any]:
    site, by = exchange.site, exchange.by
    resident = await look_up(site.database, site.sealer, site.person_data, number)
    if resident is None:
        await log_refusal(site.database, by, "search_patient", None, "unknown")
        return _form(exchange, {"who": exchange.say("patients.unknown")}, asks=bool(reason))
    if resident.protected == "yes":  # the register may have said so just now
        await show_protection(site, [resident.id])
    async with site.database.transaction() as db:
        if reason:
            await give_reason(db, site.sealer, by, resident.id, reason, check_reason(reason, why))
        await note_hit(db, by, resident.id)
    return exchange.redirect(f"/clinic/patients/{resident.id}")


def _form(exchange: Exchange, errors: Mapping[str, str] | None = None, *, asks: bool = False) -> Response[Any]:
    errors = errors or {}
    sent = exchange.request.method == "POST"

    def typed(name: str, longest: int) -> str:
        return exchange.text_of(name, longest=longest) if sent else ""

    return exchange.page(
        "clinic/patients/patients.html", status=422 if errors else 200, asks=asks, who=typed("who", _LONGEST_NUMBER),
        reason=typed("reason", 40), why=typed("why", LONGEST_WHY + 1), longest_why=LONGEST_WHY, error_of=errors,
        reasons=[{"value": one, "text": exchange.say(f"patients.reason.{one}")} for one in REASONS],
        errors=[{"field": field, "text": text} for field, text in errors.items()],
    )  # fmt: skip


@get_page("/clinic/patients/{patient_id:str}", verb="see_patient", who="staff")
async def show_patient(exchange: Exchange) -> Response[Any]:
    """Who she is, her cases at the unit, which others of the provider have one, and what may be begun with her.

    What stands at other units is told as Alla besök tells it, and only who has an open case here meets it there. Where
    the unit has none at all the search itself has told that the provider has: then the page says how to see it.
    """
    async with exchange.site.database.transaction() as db:
        patient = await see_patient(db, exchange.by, exchange.id_of("patient_id"))
        past = await list_past(db, exchange.by, patient.resident.id)
        elsewhere = await list_elsewhere(db, exchange.by, patient.resident.id)
        open_here = next((one.case_id for one in past if one.state != "closed"), None)
        more = not past and await has_more_elsewhere(db, exchange.by, patient.resident.id)
    return exchange.page(
        "clinic/patients/found_patient.html", head=patient_head(exchange, patient), refusal=why_not(patient),
        rows=[_row(exchange, one) for one in past], dialogue=_dialogue(exchange, patient),
        there=[_there(exchange, one) for one in elsewhere.there], blocked=elsewhere.blocked, more=more,
        visits_of=open_here,
        signed_in=exchange.say("patients.signed_in", on=date_words(clock.local_date(patient.signed_in_at)))
        if patient.signed_in_at else exchange.say("patients.never_signed_in_line"),
    )  # fmt: skip


def patient_head(exchange: Exchange, patient: Patient) -> dict[str, Any]:
    """Whom a page of a patient is about. A protected person without a care relation is shown without her name."""
    one, masked = patient.resident, patient.resident.protected == "yes" and not patient.has_relation
    name = masked_words() if masked else f"{one.given_name} {one.surname}"
    age, sex = age_words(one.birth_on, clock.now()), sex_words(one.sex, one.birth_on, clock.now())
    return {
        "id": str(one.id), "href": f"/clinic/patients/{one.id}", "name": name,
        "titled": title_name(name, one.protected),
        "masked": masked,
        "protected": one.protected, "facts": exchange.say("clinic.age", age=age, sex=sex),
        "age": age, "deregistered": patient.deregistered,
    }  # fmt: skip


def _dialogue(exchange: Exchange, patient: Patient) -> str:
    if patient.dialogue_at is None:
        return exchange.say("patients.dialogue_none")
    key = "patients.dialogue_yes" if patient.dialogue else "patients.dialogue_no"
    return exchange.say(key, at=moment(exchange, patient.dialogue_at))


def _row(exchange: Exchange, past: Past) -> dict[str, Any]:
    return {
        "past": past, "reason": reason_on(exchange.site.shelf, past.entry, past.reason, past.protocol),
        "sent": moment(exchange, past.sent_at),
    }  # fmt: skip


def _there(exchange: Exchange, one: There) -> dict[str, str]:
    return {"unit": one.unit, "sent": moment(exchange, one.sent_at), "state": one.state}


ROUTES = [ask, search, show_patient]
