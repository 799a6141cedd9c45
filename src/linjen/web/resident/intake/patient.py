"""Vem gäller det: the resident herself or one of her children (routine F003, F014, F015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

from linjen.access.ages import CASE_FROM_YEARS, OWN_FROM_YEARS
from linjen.cases.intake.start import Intake, choose_patient
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.ids import parse_id
from linjen.core.personal_number import age_months, age_years
from linjen.people.guardians import list_children
from linjen.people.residents import Resident
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.sheet import Fault, Sheet
from linjen.web.resident.intake.step import Step, Values, routes_of, take_step
from linjen.web.routing import post_page


class PatientStep(Step):
    """The question for whom the case is."""

    name = "patient"

    def stored(self, sheet: Sheet) -> Values:
        """Nobody is chosen beforehand."""
        return {"patient": str(sheet.patient.id) if sheet.patient else ""}

    def read(self, sheet: Sheet) -> tuple[Values, list[Fault]]:
        """One of the people on the page; a teenager is told to sign in herself. NotFound for anybody else's child."""
        chosen = sheet.exchange.text_of("patient", longest=40)
        people = {str(one.id): one for one in (sheet.writer, *sheet.children)}
        if chosen not in people and parse_id(chosen) is not None:  # on no page of hers: forged
            raise NotFound("child")
        if chosen not in people:
            return {"patient": ""}, [Fault("patient", sheet.exchange.say("intake.patient.missing"))]
        one = people[chosen]
        if one.id != sheet.writer.id and signs_in_herself(one):
            words = sheet.exchange.say("intake.patient.teenager", name=one.given_name)
            return {"patient": chosen}, [Fault("patient", words)]
        return {"patient": chosen}, []

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The people to choose from, and a sentence for each teenager, whom nobody can choose."""
        say = sheet.exchange.say
        options = [{"value": str(sheet.writer.id), "text": say("intake.patient.myself"), "hint": ""}]
        options += [
            {"value": str(child.id), "text": child.given_name, "hint": _hint(sheet.exchange, child)}
            for child in sheet.children
            if not signs_in_herself(child)
        ]
        teenagers = [child.given_name for child in sheet.children if signs_in_herself(child)]
        return {"options": options, "teenagers": teenagers}

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """The choice; for somebody else the questions are asked anew, filled in with what was said."""
        patient_id = parse_id(values["patient"])
        assert patient_id is not None  # noqa: S101 - read() took it from the page's own list
        if patient_id == sheet.draft.case.patient_id:
            return sheet.intake
        await choose_patient(db, sheet.draft, sheet.exchange.by, patient_id)
        changed = msgspec.structs.replace(sheet.intake, for_child=patient_id != sheet.writer.id, want_contact=False)
        # Age, sex and writer decide the questions: they begin anew, and `said` fills in what is asked again.
        return msgspec.structs.replace(changed, interview={}, passed=[])


def signs_in_herself(child: Resident) -> bool:
    """Whether a child is old enough to have cases of her own, and nobody else's (routine F015)."""
    return age_of(child) >= OWN_FROM_YEARS


def age_of(person: Resident) -> int:
    """Whole years today."""
    return age_years(person.birth_on, clock.local_date(clock.now()))


def months_of(person: Resident) -> int:
    """Whole months today."""
    return age_months(person.birth_on, clock.local_date(clock.now()))


def age_words(exchange: Exchange, person: Resident) -> str:
    """'9 år', or months for the very young."""
    months = months_of(person)
    if months < 24:
        return exchange.say("intake.patient.months", months=months)
    return exchange.say("intake.patient.years", years=months // 12)


def _hint(exchange: Exchange, child: Resident) -> str:
    """The age; of the youngest also that they are helped by telephone, before anybody has chosen in vain."""
    age = age_words(exchange, child)
    return exchange.say("intake.patient.infant", age=age) if age_of(child) < CASE_FROM_YEARS else age


STEP = PatientStep()
_show, _ = routes_of(STEP)


@post_page("/intakes/{case_id:str}/patient", verb="write_intake", who="resident")
async def take_patient(exchange: Exchange) -> Response[Any]:
    """A child under one year has no case here: the danger questions come first, then 1177 by phone."""
    chosen = parse_id(exchange.text_of("patient", longest=40))
    async with exchange.site.database.connection() as db:
        children = await list_children(db, exchange.by.person_id)
    if any(child.id == chosen and age_of(child) < CASE_FROM_YEARS for child in children):
        return exchange.redirect(f"/intakes/{exchange.id_of('case_id')}/infants/{chosen}")
    return await take_step(exchange, STEP)


ROUTES = [_show, take_patient]
