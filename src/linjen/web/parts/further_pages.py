"""Fler frågor, sida för sida: the questions of a further contact reason as the patient or staff answer them.

Every answer is kept as it is given, so that whoever is interrupted goes on where she was. The interview finishes on the
version that it was begun on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from linjen.cases.begun_by_staff.further import Answered, Further, save_answers, see_further
from linjen.cases.intake.interview import conclude, concluded, follow_protocol, keep_state, level_of, read_state
from linjen.cases.intake.start import Intake
from linjen.cases.loading import Case, note_refusal
from linjen.core.errors import Refused
from linjen.people.residents import Resident, see_resident
from linjen.triage import Page, Protocols, State, answer, next_page, page_at, pages_left
from linjen.triage.asking.facts import see_facts
from linjen.triage.asking.wording import name_of
from linjen.web.exchange import Exchange
from linjen.web.numbers import whole_number
from linjen.web.resident.intake.around import support_for
from linjen.web.resident.intake.question_page import filled_page, page_values, read_page
from linjen.web.resident.intake.sheet import Fault
from linjen.web.words import say


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """Questions as they stand for who answers them. `intake` has followed to `protocols`, and `state` is in it."""

    case: Case
    patient: Resident
    further: Further
    protocols: Protocols
    intake: Intake
    state: State

    @property
    def name(self) -> str:
        """The contact reason in Swedish, as staff read it."""
        return name_of(self.protocols, self.further.reason, "sv")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of questions draws, beside its frame."""

    here: Here
    status: int
    values: dict[str, Any]


async def see_here(exchange: Exchange) -> Here:
    """The questions of the address; raises as see_further."""
    site = exchange.site
    async with site.database.transaction() as db:
        case, further = await see_further(
            db, site.sealer, exchange.by, exchange.id_of("case_id"), exchange.id_of("further_id")
        )
        if case.patient_id is None:  # a sent case always has a patient; the type does not say so
            raise LookupError("a case without a patient")
        patient = await see_resident(db, case.patient_id)
        begun = read_state(further.intake)
        protocols = (await site.shelf.find(db, begun.protocol) if begun else None) or site.shelf.running()
    intake = follow_protocol(protocols, further.intake)
    state = read_state(intake)
    if state is None:  # it is begun when it is asked
        raise LookupError("questions without an interview")
    return Here(case=case, patient=patient, further=further, protocols=protocols, intake=intake, state=state)


def draw_at(
    exchange: Exchange, here: Here, place: int, fields: Mapping[str, str] | None = None,
    errors: tuple[Fault, ...] = (), newer: bool = False,
) -> Shown:  # fmt: skip
    """The page at `place`, counted from 0, or the next one; with what was sent and has to be changed."""
    page, place = _page(exchange, here, place)
    ahead = pages_left(here.protocols, here.state) - 1 if place == len(here.state.pages) else 0
    drawn = page_values(exchange, page, fields or filled_page(page, here.state.answers))
    support = support_for(exchange, here.protocols, here.state.patient, see_facts(here.protocols, here.state))
    values = {
        "place": place, "ahead": ahead, "version": here.further.version, "errors": errors, "newer": newer,
        "fields": fields or filled_page(page, here.state.answers), "support": support, **drawn,
    }  # fmt: skip
    return Shown(here=here, status=409 if newer else 422 if errors else 200, values=values)


def _page(exchange: Exchange, here: Here, place: int) -> tuple[Page, int]:
    place = min(place, len(here.state.pages))
    language = exchange.language
    page = page_at(here.protocols, here.state, place, language) if place < len(here.state.pages) else None
    page = page or next_page(here.protocols, here.state, language)
    if page is None:  # all is answered but not concluded: the last page again, whose button does it
        place = len(here.state.pages) - 1
        page = page_at(here.protocols, here.state, place, language)
    if page is None:
        raise Refused("no_questions", verb="answer_further")
    return page, place


def place_of(text: str) -> int | None:
    """A page's place as an address or a form names it; None for none."""
    place = whole_number(text, -1, most=999)
    return place if place >= 0 else None


async def take_page(exchange: Exchange) -> Shown | int | None:
    """Take the page that was sent. The place to go on with, None when all is answered, or what has to be changed."""
    here = await see_here(exchange)
    if here.further.answered_at is not None:
        return None
    sent = place_of(exchange.text_of("place", longest=4))
    place = len(here.state.pages) if sent is None else min(sent, len(here.state.pages))
    if exchange.form.get("do") == "back":
        return max(0, place - 1)
    page, place = _page(exchange, here, place)
    fields, answers, faults = read_page(exchange, page)
    if exchange.text_of("version", longest=9) != str(here.further.version):
        return draw_at(exchange, here, place, fields, newer=True)
    if faults:
        return draw_at(exchange, here, place, fields, tuple(faults))
    state = answer(here.protocols, here.state, answers)
    done = place + 1 >= len(state.pages) and next_page(here.protocols, state) is None
    if not await _keep(exchange, here, state, done=done):
        return await _overtaken(exchange, place, fields)
    return None if done else place + 1


async def _overtaken(exchange: Exchange, place: int, fields: Mapping[str, str]) -> Shown | None:
    here = await see_here(exchange)
    return None if here.further.answered_at is not None else draw_at(exchange, here, place, fields, newer=True)


async def _keep(exchange: Exchange, here: Here, state: State, *, done: bool) -> bool:
    """Whether the answers were kept: not when somebody else has answered meanwhile, which is logged."""
    site, intake = exchange.site, keep_state(here.intake, state)
    answered = _answered(exchange, here, state, intake) if done else None
    levels = partial(level_of, here.protocols)
    try:
        async with site.database.transaction() as db:
            await save_answers(
                db, site.sealer, exchange.by, here.case.id, here.further, intake, answered, levels
            )  # fmt: skip
    except Refused as error:
        if error.reason != "changed":
            raise
        await note_refusal(site.database, exchange.by, "answer_further", here.case.id, error)
        return False
    return True


def _answered(exchange: Exchange, here: Here, state: State, intake: Intake) -> Answered:
    found = concluded(here.protocols, state, conclude(here.protocols, state, intake), exchange.language)
    return Answered(found=found, said=say("sv", "case.further.said", reason=here.name.lower()))
