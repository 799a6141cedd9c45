"""Kvitto: the case is sent; when somebody is there, when an answer can be expected, and what to do meanwhile."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.intake.interview import read_assessment
from linjen.cases.loading import see_case
from linjen.core import clock, swedish
from linjen.people.residents import see_resident
from linjen.records.promise import find_outlook
from linjen.triage.asking.facts import FactTable
from linjen.triage.content.condition import YES
from linjen.triage.state import Patient
from linjen.units.hours import staffed_until
from linjen.units.opening import see_schedule
from linjen.units.units import see_unit
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.around import around, support_for
from linjen.web.resident.intake.self_care import version_of
from linjen.web.resident.promise_words import ORDINARY, promise_for_waiting
from linjen.web.routing import get_page


@get_page("/intakes/{case_id:str}/receipt", verb="see", who="resident")
async def show_receipt(exchange: Exchange) -> Response[Any]:
    """The receipt, for as long as the case can be seen."""
    at = clock.now()
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        if case.sent_at is None or case.unit_id is None or case.patient_id is None:
            return exchange.redirect(f"/intakes/{case.id}")
        unit = await see_unit(db, case.unit_id)
        schedule = await see_schedule(db, unit.id)
        patient = await see_resident(db, case.patient_id)
        found = await read_assessment(db, exchange.site.sealer, case.id)
        protocols = await version_of(db, exchange, case)
        # From urgency 1-2 nobody may wait for an opening hour; an administrative question has no such haste.
        urgency = case.priority or case.urgency or ORDINARY
        outlook = await find_outlook(exchange.site.database, db, schedule, unit.id, urgency, at)
    promise = promise_for_waiting(
        schedule, case.queued_at or case.sent_at, at, urgency, exchange.say, exchange.language, unit.name, outlook
    )
    there = staffed_until(schedule, at) is not None
    about = patient.given_name if patient.id != exchange.by.person_id else ""
    said: FactTable = {line.code: YES for line in found.lines if line.value is True} if found else {}
    whom = Patient(0, writer="parent" if about else "self", name=about)
    return exchange.page(
        "resident/intake/receipt.html", unit=unit, promise=promise, tab="cases",
        about=about, case_path=f"/cases/{case.id}", support=support_for(exchange, protocols, whom, said),
        urgent=urgency <= 2, life=urgency == 1, waiting=not there,
        closed=case.state == "closed", sent=swedish.moment_words(case.sent_at, at, exchange.language),
        **around(exchange, protocols, found.chosen if found else ()),
    )  # fmt: skip


ROUTES = [show_receipt]
