"""Nytt besök eller biljett: for whom, which kind, and for a visit of a later day when and with whom (routine F051)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response

from linjen.access.access_log import log_refusal
from linjen.cases.begun_by_staff.new_visit import (
    KINDS,
    MOST_DAYS,
    Booking,
    begin_booked,
    book_visit,
    can_be_booked,
    check_booking,
)
from linjen.cases.begun_by_staff.outreach import ENTRIES, why_not
from linjen.cases.loading import note_refusal, see_case
from linjen.cases.patients.patients import see_patient
from linjen.cases.talk.message import LONGEST
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import new_id, parse_id
from linjen.people.colleagues import Colleague
from linjen.units.hours import staffed_until
from linjen.units.opening import see_schedule
from linjen.web.booked_words import booked_words
from linjen.web.clinic.case.case_head import case_head
from linjen.web.clinic.colleagues.colleague_choice import person_options
from linjen.web.clinic.odd_times import ask_once, asked
from linjen.web.clinic.patients.patients import patient_head
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page

#: What stands in the suggested words where the day and time belong.
_PLACE = "[tid]"

_UNSTAFFED = "unstaffed_then"

_FIELDS = ("kind", "on", "time", "who", "entry", "tell", "anyway")


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the page is about and where it leads: a case, or a patient outside one (`entries` to choose from then)."""

    name: str
    facts: str
    protected: str
    path: str
    back: str
    asynchronous: str
    tickets: str
    entries: list[dict[str, str]]
    people: list[dict[str, str]]
    refusal: str = ""


@get_page("/clinic/cases/{case_id:str}/bookings", verb="book_visit", who="staff")
async def ask_in_case(exchange: Exchange) -> Response[Any]:
    """The kinds to choose from, and with ?kind= the form of one."""
    return _draw(exchange, await _case(exchange), _first(exchange))


@post_page("/clinic/cases/{case_id:str}/bookings", verb="book_visit", who="staff")
async def book_in_case(exchange: Exchange) -> Response[Any]:
    """Back to the case, or the form with what has to be changed."""
    case_id, fields, visit_id = exchange.id_of("case_id"), _sent(exchange), _made_id(exchange)
    try:
        booking = _booking(fields)
        await _check_time(exchange, booking, fields)
        async with exchange.site.database.transaction() as db:
            told = _fill(exchange, fields["tell"], booking)
            await book_visit(db, exchange.site.sealer, exchange.by, case_id, visit_id, booking, told)
    except Invalid as error:
        return _draw(exchange, await _case(exchange), asked(fields, error, _UNSTAFFED), _told(exchange, error))
    except Refused as error:
        await note_refusal(exchange.site.database, exchange.by, "book_visit", case_id, error)
        raise
    return exchange.redirect(f"/clinic/cases/{case_id}")


@get_page("/clinic/patients/{patient_id:str}/bookings", verb="begin_case", who="staff")
async def ask_for_patient(exchange: Exchange) -> Response[Any]:
    """As in a case; the visit then begins one."""
    return _draw(exchange, await _patient(exchange), _first(exchange))


@post_page("/clinic/patients/{patient_id:str}/bookings", verb="begin_case", who="staff")
async def book_for_patient(exchange: Exchange) -> Response[Any]:
    """To the case that was begun, or the form with what has to be changed."""
    patient_id, fields, case_id = exchange.id_of("patient_id"), _sent(exchange), _made_id(exchange)
    site, by = exchange.site, exchange.by
    try:
        if fields["entry"] not in ENTRIES:
            raise Invalid("choose_entry", "entry")
        booking = _booking(fields)
        await _check_time(exchange, booking, fields)
        async with site.database.transaction() as db:
            told = _fill(exchange, fields["tell"], booking)
            await begin_booked(db, site.sealer, by, patient_id, case_id, fields["entry"], booking, told)
    except Invalid as error:
        return _draw(exchange, await _patient(exchange), asked(fields, error, _UNSTAFFED), _told(exchange, error))
    except Refused as error:
        await log_refusal(site.database, by, "begin_case", None, error.reason)
        return _draw(exchange, msgspec.structs.replace(await _patient(exchange), refusal=error.reason), fields)
    return exchange.redirect(f"/clinic/cases/{case_id}")


def _first(exchange: Exchange) -> dict[str, str]:
    kind = str(exchange.request.query_params.get("kind", ""))
    return dict.fromkeys(_FIELDS, "") | {
        "kind": kind if kind in KINDS else "", "tell": exchange.say("new_visit.words", when=_PLACE),
    }  # fmt: skip


def _sent(exchange: Exchange) -> dict[str, str]:
    return {name: exchange.text_of(name, longest=LONGEST + 1) for name in _FIELDS}


def _made_id(exchange: Exchange) -> UUID:
    return parse_id(exchange.text_of("made_id", longest=60)) or new_id()


def _told(exchange: Exchange, error: Invalid) -> dict[str, str]:
    return {error.field: exchange.told(error, "new_visit", longest=LONGEST, most=MOST_DAYS)}


def _booking(fields: Mapping[str, str]) -> Booking:
    """The form as a booking; Invalid at the field that cannot be read, and as check_booking."""
    role, _, person = fields["who"].partition("/")
    staff_id = parse_id(person)
    if fields["kind"] not in KINDS:
        raise Invalid("kind", "kind")
    try:
        on = clock.read_day(fields["on"])
    except ValueError as error:
        raise Invalid("no_day", "on") from error
    try:
        at = clock.read_time(fields["time"]) if fields["time"] else None
    except ValueError as error:
        raise Invalid("no_time", "time") from error
    if staff_id is None:
        raise Invalid("nobody_there", "who")
    wall = at.replace(second=0, microsecond=0, tzinfo=None) if at and fields["kind"] == "scheduled" else None
    booking = Booking(kind=fields["kind"], on=on, at=wall, role=role, staff_id=staff_id)
    check_booking(booking)  # before its time is put into words
    return booking


async def _check_time(exchange: Exchange, booking: Booking, fields: Mapping[str, str]) -> None:
    """Invalid(_UNSTAFFED) for a time when nobody is planned to be at the unit, as odd_times.ask_once."""
    if booking.at is None or exchange.by.unit_id is None:
        return
    async with exchange.site.database.connection() as db:
        schedule = await see_schedule(db, exchange.by.unit_id)
    ask_once(fields, _UNSTAFFED, is_odd=staffed_until(schedule, booking.due_at) is None)


def _fill(exchange: Exchange, text: str, booking: Booking) -> str:
    """The words with the day and time in their place."""
    starts_at = booking.due_at if booking.kind == "scheduled" else None
    return text.replace(_PLACE, booked_words(exchange, booking.on, starts_at))


def _mine_first(exchange: Exchange, people: list[Colleague]) -> list[dict[str, str]]:
    return person_options(exchange, sorted(people, key=lambda one: one.staff_id != exchange.by.person_id))


async def _case(exchange: Exchange) -> Whose:
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"), "book_visit")
        head = await case_head(db, exchange, case)
        people = await can_be_booked(db, case.unit_id, case.entry) if case.unit_id else []
    here = f"/clinic/cases/{case.id}"
    return Whose(
        name=head.name, facts=head.facts, protected=head.protected, path=f"{here}/bookings", back=here,
        asynchronous=f"{here}/asynchronous", tickets=f"{here}/tickets", entries=[],
        people=_mine_first(exchange, people),
    )  # fmt: skip


async def _patient(exchange: Exchange) -> Whose:
    async with exchange.site.database.transaction() as db:
        patient = await see_patient(db, exchange.by, exchange.id_of("patient_id"), "begin_case")
        people = await _people_here(db, exchange)
    head = patient_head(exchange, patient)
    return Whose(
        name=head["name"], facts=head["facts"], protected=head["protected"], path=f"{head['href']}/bookings",
        back=head["href"], asynchronous=f"{head['href']}/asynchronous", tickets="", refusal=why_not(patient),
        entries=[{"value": one, "text": exchange.say(f"outreach.entry.{one}")} for one in ENTRIES],
        people=_mine_first(exchange, people),
    )  # fmt: skip


async def _people_here(db: Connection, exchange: Exchange) -> list[Colleague]:
    return await can_be_booked(db, exchange.by.unit_id, "admin") if exchange.by.unit_id else []


def _draw(
    exchange: Exchange, whose: Whose, fields: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> Response[Any]:
    errors = errors or {}
    return exchange.page(
        "clinic/begun_by_staff/new_visit.html",
        status=409 if whose.refusal else 422 if errors else 200, whose=whose, fields=fields,
        kinds=KINDS, error_of=errors, longest=LONGEST, least=clock.local_date(clock.now()).isoformat(),
        errors=[{"field": field, "text": text} for field, text in errors.items()],
        made_id=exchange.form_id("made_id"), is_kind=fields["kind"] in KINDS,
        kind_choices=[{"value": one, "text": exchange.say(f"new_visit.kind_name.{one}")} for one in KINDS],
    )  # fmt: skip


ROUTES = [ask_in_case, book_in_case, ask_for_patient, book_for_patient]
