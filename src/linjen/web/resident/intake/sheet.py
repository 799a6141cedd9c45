"""Everything a page of the intake knows of the draft that is being filled in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from linjen.cases.intake.interview import Assessment, begun_on, conclude, follow_protocol, hear, hear_form, read_state
from linjen.cases.intake.start import Draft, Intake, open_draft, read_again, see_draft
from linjen.cases.patients.consent import Consent
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.personal_number import age_months
from linjen.media.pictures import Picture, list_pictures
from linjen.people.residents import Resident
from linjen.triage import Page, Protocols, State, next_page
from linjen.triage.asking.facts import see_facts
from linjen.triage.asking.interview import is_all_asked
from linjen.triage.asking.plausible import FAINT
from linjen.triage.own_words.words import detect_language
from linjen.triage.state import Patient, TextReading
from linjen.units.units import Unit
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.around import around, support_for


@dataclasses.dataclass(frozen=True)
class Fault:
    """One thing to change on a page: where, and in which words; `question` where the summary must say which it is."""

    field: str
    text: str
    question: str = ""

    @property
    def summary(self) -> str:
        """The words of the summary's link, which stand alone and far from the field."""
        return f"{self.question} {self.text}".strip()


@dataclasses.dataclass
class Sheet:
    """A draft with its people, unit and interview, as one request sees it."""

    exchange: Exchange
    draft: Draft
    #: The version of the triage that this draft goes by.
    protocols: Protocols
    writer: Resident
    patient: Resident | None
    unit: Unit | None
    children: list[Resident]
    consents: dict[str, Consent]
    pictures: list[Picture]
    #: Whether the triage is turned off: then "Sök vård" is own words and a short form.
    is_form_only: bool = False
    #: What a step found out before the draft was opened: the unit's offer, decoded pictures.
    prepared: Any = None

    @property
    def intake(self) -> Intake:
        """What is filled in so far."""
        return self.draft.intake

    @property
    def is_admin(self) -> bool:
        """Whether this is an administrative question, which is not triaged."""
        return self.draft.case.entry == "admin"

    @property
    def is_triaged(self) -> bool:
        """Whether questions are asked and a level is set."""
        return not self.is_admin and not self.is_form_only

    @property
    def path(self) -> str:
        """Where this draft's pages are."""
        return f"/intakes/{self.draft.case.id}"

    @property
    def about(self) -> str:
        """The given name of the child whom the case concerns, '' for the writer herself."""
        return self.patient.given_name if self.patient and self.patient.id != self.writer.id else ""

    @cached_property
    def state(self) -> State | None:
        """The interview, or None before the own words are there."""
        return self.kept_state if self.is_triaged else None

    @cached_property
    def kept_state(self) -> State | None:
        """As `state`, also when the triage was turned off in the middle of it."""
        return None if self.is_admin else read_state(self.intake)

    @property
    def around(self) -> Mapping[str, Any]:
        """What stands around every page of this draft."""
        state = self.state
        found = dict(around(self.exchange, self.protocols, state.chosen if state and not self.is_form_only else ()))
        found["support"] = (
            support_for(self.exchange, self.protocols, state.patient, see_facts(self.protocols, state)) if state else []
        )
        return found

    @cached_property
    def reading(self) -> TextReading:
        """What the own words say, read once for a request: a long text takes a moment."""
        return self.protocols.read(self.intake.text)

    @cached_property
    def foreign(self) -> str:
        """The language that the own words seem to be in, when it is neither Swedish nor the page's; '' otherwise."""
        text, state = self.intake.text, self.kept_state
        read = state.reading if state is not None and state.texts[0] == text else None  # each page asks
        found = read.language if read is not None else detect_language(text)
        if found in {"sv", self.exchange.language}:
            return ""
        # Words that resemble something we know are Swedish of some kind, whatever small words they lack.
        if found == "other":
            read = read or self.reading
            if any(score >= FAINT for _, score in read.reasons):
                return ""
        return found

    @cached_property
    def asked(self) -> Page | None:
        """The next page of questions; None when there is none."""
        return next_page(self.protocols, self.state, self.exchange.language) if self.state else None

    @property
    def is_all_asked(self) -> bool:
        """Whether there is no next page of questions."""
        return self.state is None or is_all_asked(self.protocols, self.state)

    @cached_property
    def assessment(self) -> Assessment | None:
        """What the triage says so far; for an administrative question, or without triage, what the tripwire heard."""
        if self.is_form_only:
            return hear_form(self.protocols, self.intake, self.triage_patient) if self.intake.text else None
        if self.is_admin:
            return hear(self.protocols, self.intake, self.triage_patient) if self.intake.text else None
        return conclude(self.protocols, self.state, self.intake) if self.state else None

    @property
    def triage_patient(self) -> Patient:
        """Whom the interview is about, in the triage's terms; ages in years with months as fractions."""
        assert self.patient is not None  # noqa: S101 - the steps before see to it
        months = age_months(self.patient.birth_on, clock.local_date(clock.now()))
        writer = "self" if self.patient.id == self.writer.id else "parent"
        return Patient(months / 12, self.patient.sex, writer, self.about)  # type: ignore[arg-type]


async def see_sheet(db: Connection, exchange: Exchange) -> Sheet:
    """The draft of this address for reading; raises as see_draft."""
    draft = await see_draft(db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"))
    return await sheet_of(db, exchange, draft)


async def open_sheet(db: Connection, exchange: Exchange) -> Sheet:
    """The draft of this address, locked for a change until the transaction ends; raises as open_draft."""
    draft = await open_draft(db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"))
    return await sheet_of(db, exchange, draft)


async def turn_sheet(db: Connection, sheet: Sheet) -> Sheet:
    """The same open draft as this transaction's own changes have left it."""
    draft = await read_again(db, sheet.exchange.site.sealer, sheet.draft)
    return await sheet_of(db, sheet.exchange, draft)


async def sheet_of(db: Connection, exchange: Exchange, draft: Draft) -> Sheet:
    """A draft with all that its pages go by, under the version of the triage that it was begun on."""
    around = draft.around
    protocols = await _protocols_of(db, exchange, draft.intake)
    draft = msgspec.structs.replace(draft, intake=follow_protocol(protocols, draft.intake))
    return Sheet(
        exchange, draft, protocols, around.writer, around.patient, around.unit, around.children,
        {one.kind: one for one in around.consents},
        await list_pictures(db, exchange.site.sealer, draft.case) if draft.case.pictures else [],
        is_form_only=draft.case.entry == "symptom" and not exchange.site.shelf.is_on,
    )  # fmt: skip


async def _protocols_of(db: Connection, exchange: Exchange, intake: Intake) -> Protocols:
    """The version that a draft was begun on, for as long as it can be had; else the one that runs."""
    shelf, stamp = exchange.site.shelf, begun_on(intake)
    found = await shelf.find(db, stamp) if stamp else None
    return found or shelf.running()
