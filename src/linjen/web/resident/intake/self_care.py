"""Egenvård: the advice, and always the way on to staff (routine F012)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response

from linjen.cases.intake.follow_advice import follow_advice
from linjen.cases.intake.interview import Assessment, keep_assessment, read_assessment
from linjen.cases.intake.start import Intake
from linjen.cases.loading import Case, see_case
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.people.residents import see_resident
from linjen.triage import Protocols, SelfCare
from linjen.triage.asking.facts import FactTable
from linjen.triage.asking.plausible import is_for
from linjen.triage.content.condition import PATIENT, SEX
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.around import around
from linjen.web.resident.intake.flow import path_of
from linjen.web.resident.intake.sheet import Sheet, open_sheet
from linjen.web.resident.intake.step import Step, Values, leave, routes_of
from linjen.web.routing import get_page, post_page


def advice_of(protocols: Protocols, assessment: Assessment, language: str) -> list[SelfCare]:
    """The advice in the reader's language as far as `protocols` has it, else English, else Swedish as it was given."""
    return [_advice_in(protocols, one, language) for one in assessment.self_care]


def _advice_in(protocols: Protocols, one: SelfCare, language: str) -> SelfCare:
    if language == "sv":
        return one
    file = protocols.languages.get(language)
    own = file.reasons.get(one.reason) if file is not None else None
    if own is not None and own.title and not one.child:
        seek = _left(one, own.seek_care_if)
        return SelfCare(one.reason, own.title, own.intro, tuple(own.do), seek, language)
    reason = protocols.reasons[one.reason].file if one.reason in protocols.reasons else None
    text = (reason.self_care_child if one.child else reason.self_care) if reason else None
    if text is None or not text.title_en:
        return one
    seek = _left(one, text.seek_care_if_en)
    return SelfCare(one.reason, text.title_en, text.intro_en, tuple(text.do_en), seek, "en", child=one.child)


def _left(one: SelfCare, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of a translation without those that are left out in Swedish."""
    return tuple(line for number, line in enumerate(lines, 1) if number not in one.left_out)


def speaks_to_grown_up(protocols: Protocols, advice: Sequence[SelfCare]) -> bool:
    """Whether some of it is written to a grown-up who is ill herself: neither for a child, nor of a child's reason."""
    grown: FactTable = {PATIENT: 40.0, SEX: "unknown"}
    return any(not one.child and is_for(protocols, one.reason, grown) for one in advice)


async def version_of(db: Connection, exchange: Exchange, case: Case) -> Protocols:
    """The version that a case was triaged with, or the one that runs when that can no longer be had."""
    shelf = exchange.site.shelf
    found = await shelf.find(db, case.protocol) if case.protocol else None
    return found or shelf.running()


class SelfCareStep(Step):
    """Shown when every answer points to self-care; wanting contact is urgency 5."""

    name = "self_care"

    def context(self, sheet: Sheet, values: Values) -> Mapping[str, Any]:
        """The advice."""
        assert sheet.assessment is not None  # noqa: S101 - the steps before see to it
        advice = advice_of(sheet.protocols, sheet.assessment, sheet.exchange.language)
        other = bool(sheet.about) and speaks_to_grown_up(sheet.protocols, advice)
        return {"advice": advice, "done": False, "to_other": other}

    def back(self, sheet: Sheet) -> str:
        """The last questions."""
        return path_of(sheet, "questions")

    async def keep(self, db: Connection, sheet: Sheet, values: Values) -> Intake:
        """Contact is wanted."""
        return msgspec.structs.replace(sheet.intake, want_contact=True)


STEP = SelfCareStep()


@post_page("/intakes/{case_id:str}/self-care/follow", verb="follow_advice", who="resident")
async def follow(exchange: Exchange) -> Response[Any]:
    """She follows the advice: the case is closed as self-care, and the advice stays readable."""
    site, case_id = exchange.site, exchange.id_of("case_id")
    try:
        async with site.database.transaction() as db:
            sheet = await open_sheet(db, exchange)
            if not STEP.is_open(sheet) or sheet.assessment is None:
                return exchange.redirect(sheet.path)
            offered = msgspec.structs.replace(sheet.assessment, outcome="self_care")
            await keep_assessment(db, site.sealer, case_id, offered)
            await follow_advice(db, site.sealer, exchange.by, case_id)
    except Refused as refused:
        return await leave(exchange, refused, again=True)
    return exchange.redirect(f"/intakes/{case_id}/advice")


@get_page("/intakes/{case_id:str}/advice", verb="see", who="resident")
async def show_advice(exchange: Exchange) -> Response[Any]:
    """The advice that was followed, for reading again."""
    async with exchange.site.database.transaction() as db:
        case = await see_case(db, exchange.by, exchange.id_of("case_id"))
        found = await read_assessment(db, exchange.site.sealer, case.id)
        protocols = await version_of(db, exchange, case)
        patient = await see_resident(db, case.patient_id) if case.patient_id else None
    if found is None or case.close_reason != "self_care":
        raise NotFound("advice")
    about = patient.given_name if patient and patient.id != exchange.by.person_id else ""
    advice = advice_of(protocols, found, exchange.language)
    return exchange.page(
        "resident/intake/advice.html", advice=advice, tab="cases", about=about,
        to_other=bool(about) and speaks_to_grown_up(protocols, advice),
        **around(exchange, protocols, [one.reason for one in found.self_care]),
    )  # fmt: skip


_show, _take = routes_of(STEP)
ROUTES = [_show, _take, follow, show_advice]
