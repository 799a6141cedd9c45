"""Patientinfo: who the patient is, whether she is protected and who says so, and how she is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from linjen.access.ages import ADULT_FROM_YEARS
from linjen.cases.loading import Case, may, note_refusal, see_case
from linjen.cases.patients.contact import PROTECTION_COUNTS
from linjen.cases.patients.lift_protection import LONGEST_WHY, find_lifted_why, lift_protection
from linjen.cases.patients.patient_info import change_contact, set_interpreter, set_protection
from linjen.cases.patients.record_system import has_looked_today
from linjen.cases.talk.message import LONGEST
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.personal_number import age_years, parse_personal_number
from linjen.core.phone import display_phone
from linjen.core.swedish import date_words
from linjen.people.contacts import (
    Contacts,
    find_contacts,
    find_overruled,
    find_register_yes,
    find_set_by_hand,
    parse_contacts,
    parse_interpreter,
)
from linjen.people.guardians import Guardian, list_guardians
from linjen.people.residents import Resident, find_deregistered, see_resident, unseal_number
from linjen.web.clinic.case.case import see_with_head
from linjen.web.clinic.case.case_head import moment
from linjen.web.clinic.patients.record_system import record_system_values
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.telling import ask_register, show_protection

_LONGEST = 300


@get_page("/clinic/cases/{case_id:str}/patient", verb="see", who="staff")
async def show_patient(exchange: Exchange) -> Response[Any]:
    """Patientinfo: who she is. The phone number is shown only of one who is known not to be protected.

    The personal number is there to look her up in the record system, which must always be opened (routine, Skyddade
    personuppgifter); seeing it is seeing the case, and logged as that.
    """
    return await _show(exchange)


@post_page("/clinic/cases/{case_id:str}/protections", verb="set_protection", who="staff")
async def protect(exchange: Exchange) -> Response[Any]:
    """Skyddad identitet Ja or Nej: back to Patientinfo, also when a colleague came first, with what is true now."""
    case_id, by = exchange.id_of("case_id"), exchange.by
    chosen, was = exchange.text_of("protected", longest=10), exchange.text_of("was", longest=10)
    try:
        async with exchange.site.database.transaction() as db:
            patient_id = await set_protection(db, by, case_id, chosen, was)
    except Invalid:
        return await _show(exchange, status=422)
    except Refused as error:
        return await _changed(exchange, error)
    await show_protection(exchange.site, [patient_id])
    return exchange.redirect(f"/clinic/cases/{case_id}/patient")


@post_page("/clinic/cases/{case_id:str}/protection-liftings", verb="lift_protection", who="staff")
async def lift(exchange: Exchange) -> Response[Any]:
    """Skyddad identitet from Ja to Nej: back to Patientinfo. The register is asked at once, and its Ja wins."""
    case_id, site = exchange.id_of("case_id"), exchange.site
    why = exchange.text_of("why", longest=LONGEST)
    try:
        async with site.database.transaction() as db:
            patient_id = await lift_protection(db, site.sealer, exchange.by, case_id, why)
    except Invalid as error:
        told = {error.field: exchange.told(error, "clinic.patient_info.why_", longest=LONGEST_WHY)}
        return await _show(exchange, why=why, errors=told, status=422)
    except Refused as error:
        return await _changed(exchange, error, why=why)
    if not await ask_register(site, [patient_id]):
        await show_protection(site, [patient_id])
    return exchange.redirect(f"/clinic/cases/{case_id}/patient")


@post_page("/clinic/cases/{case_id:str}/contacts", verb="change_contact", who="staff")
async def keep_contacts(exchange: Exchange) -> Response[Any]:
    """Phone and e-mail: back to Patientinfo, or the form anew with what was typed."""
    case_id, by = exchange.id_of("case_id"), exchange.by
    typed = _texts(exchange, "phone", "email")
    was = _texts(exchange, "was_phone", "was_email")
    try:
        new = parse_contacts(typed.phone, typed.email)
        async with exchange.site.database.transaction() as db:
            await change_contact(db, by, case_id, new, was)
    except Invalid as error:
        told = {error.field: exchange.told(error, "clinic.patient_info")}
        return await _show(exchange, typed=typed, errors=told, status=422)
    except Refused as error:
        return await _changed(exchange, error, typed)
    return exchange.redirect(f"/clinic/cases/{case_id}/patient")


@post_page("/clinic/cases/{case_id:str}/interpreters", verb="set_interpreter", who="staff")
async def keep_interpreter(exchange: Exchange) -> Response[Any]:
    """Tolkbehov: back to Patientinfo, or the form anew with what was typed."""
    case_id, by = exchange.id_of("case_id"), exchange.by
    typed, was = (exchange.text_of(name, longest=_LONGEST) for name in ("interpreter", "was"))
    try:
        language = parse_interpreter(typed)
        async with exchange.site.database.transaction() as db:
            await set_interpreter(db, by, case_id, language, was)
    except Invalid as error:
        told = {error.field: exchange.told(error, "clinic.patient_info")}
        return await _show(exchange, language=typed, errors=told, status=422)
    except Refused as error:
        return await _changed(exchange, error, language=typed)
    return exchange.redirect(f"/clinic/cases/{case_id}/patient")


def _texts(exchange: Exchange, phone: str, email: str) -> Contacts:
    return Contacts(exchange.text_of(phone, longest=_LONGEST), exchange.text_of(email, longest=_LONGEST))


async def _changed(
    exchange: Exchange, error: Refused, typed: Contacts | None = None, language: str | None = None, why: str = ""
) -> Response[Any]:
    """The page as it is now, with what was typed, when somebody else came first; the attempt is logged."""
    reason = "changed" if error.reason == "protected" else error.reason
    if reason not in {"changed", "reason_needed", "register_says_yes", "record_not_opened"}:
        raise error
    verb = str(error.detail["verb"])
    await note_refusal(exchange.site.database, exchange.by, verb, exchange.id_of("case_id"), error)
    return await _show(exchange, typed=typed, language=language, why=why, changed=reason, status=409)


async def _show(
    exchange: Exchange, *, typed: Contacts | None = None, language: str | None = None,
    why: str = "", errors: Mapping[str, str] | None = None, changed: str = "", status: int = 200,
) -> Response[Any]:  # fmt: skip
    errors = errors or {}
    async with exchange.site.database.transaction() as db:
        case, head = await see_with_head(db, exchange)
        patient = await see_resident(db, head.patient_id)
        values = await _values(db, exchange, case, patient)
        digits = await unseal_number(db, exchange.site.sealer, head.patient_id)
        was = await find_contacts(db, head.patient_id) if patient.protected == "no" else Contacts("", "")
    phone = display_phone(was.phone) if was.phone else ""
    return exchange.page(
        "clinic/case/patient.html", status=status, head=head, tab_here="patient", patient=patient,
        born=date_words(patient.birth_on), phone=phone, was=was, typed=typed or Contacts(phone, was.email),
        language=head.interpreter if language is None else language,
        error_of={name: errors.get(name) for name in ("phone", "email", "interpreter", "why")},
        errors=[{"field": field, "text": text} for field, text in errors.items()],
        changed=exchange.say(f"clinic.patient_info.{changed}") if changed else "",
        why=why, longest_why=LONGEST_WHY, personal_number=parse_personal_number(digits).on_screen, **values,
    )  # fmt: skip


async def _values(db: Connection, exchange: Exchange, case: Case, patient: Resident) -> dict[str, Any]:
    by_hand = await find_set_by_hand(db, patient.id)
    words = ""
    if by_hand is not None:
        choice = exchange.say(f"clinic.patient_info.{patient.protected}")
        at = moment(exchange, by_hand.at)
        words = exchange.say("clinic.patient_info.set_by", choice=choice, by=by_hand.by_name, at=at)
        if lifted := await find_lifted_why(db, exchange.site.sealer, exchange.by, patient.id):
            words = exchange.say("clinic.patient_info.set_why", set_by=words, why=lifted)
    elif (overruled := await find_overruled(db, patient.id)) is not None:
        words = exchange.say("clinic.patient_info.overruled", at=moment(exchange, overruled))
    guardians, is_child = await _guardians(db, exchange, patient)
    return {
        "guardians": guardians, "is_child": is_child,
        "may_interpreter": await may(db, exchange.by, case.id, "set_interpreter"),
        "set_by": words, "deregistered": await find_deregistered(db, patient.id),
        "may_protect": await may(db, exchange.by, case.id, "set_protection"),
        "lifting": await _lifting(db, exchange, case, patient),
        "may_contact": await may(db, exchange.by, case.id, "change_contact"),
    } | await record_system_values(db, exchange, case)  # fmt: skip


async def _lifting(db: Connection, exchange: Exchange, case: Case, patient: Resident) -> str:
    """How a Ja may be taken back by the reader: '' not at all, register (it says so), look (first) or ask (for why)."""
    if patient.protected != "yes" or not await may(db, exchange.by, case.id, "lift_protection"):
        return ""
    said_at = await find_register_yes(db, patient.id)
    if said_at is not None and clock.now() - said_at <= PROTECTION_COUNTS:
        return "register"
    return "ask" if await has_looked_today(db, exchange.by, patient.id) else "look"


async def _guardians(
    db: Connection, exchange: Exchange, patient: Resident
) -> tuple[list[dict[str, str]] | None, bool]:  # fmt: skip
    """The guardians of a child in words, None where nothing may be told; and whether she is under 18 at all."""
    if age_years(patient.birth_on, clock.local_date(clock.now())) >= ADULT_FROM_YEARS:
        return None, False
    found = await list_guardians(db, patient.id)
    return (None if found is None else [_guardian(exchange, one) for one in found]), True


def _guardian(exchange: Exchange, one: Guardian) -> dict[str, str]:
    since, key = (one.ended_at, "guardian_ended") if one.ended_at else (one.confirmed_at, "guardian_custody")
    custody = exchange.say(f"clinic.patient_info.{key}", day=date_words(clock.local_date(since)))
    return {"name": one.name or exchange.say("clinic.patient_info.guardian_hidden"), "custody": custody}


@post_page("/clinic/cases/{case_id:str}/identity-copies", verb="copy_number", who="staff")
async def copy_number(exchange: Exchange) -> Response[Any]:
    """The personal number as text, with a row of its own in the access log before the clipboard has it."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "copy_number")
        if case.patient_id is None:  # a sent case always has a patient; the type does not say so
            raise LookupError("a case without a patient")
        digits = await unseal_number(db, exchange.site.sealer, case.patient_id)
    return Response(parse_personal_number(digits).on_screen, media_type="text/plain")


ROUTES = [copy_number, show_patient, protect, lift, keep_contacts, keep_interpreter]
