"""Barn under ett år: the danger questions and 112, otherwise 1177 by phone; no case of its own (routine F014)."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.start import see_draft
from linjen.core.errors import NotFound, Refused
from linjen.people.guardians import list_children
from linjen.people.residents import Resident
from linjen.triage import Asked, Protocols, Value, assess, begin
from linjen.triage import answer as take_answers
from linjen.triage.asking.facts import is_fitting, see_facts
from linjen.triage.asking.wording import asked
from linjen.triage.content.condition import YES
from linjen.triage.state import State
from linjen.web.exchange import Exchange
from linjen.web.resident.intake.around import around
from linjen.web.resident.intake.patient import age_of, months_of
from linjen.web.resident.intake.sheet import Fault
from linjen.web.resident.intake.step import leave
from linjen.web.routing import get_page, post_page

_NONE = "none"


async def _see_infant(exchange: Exchange) -> Resident:
    """The child of this address; NotFound unless it is her own and under one year."""
    child_id = exchange.id_of("child_id")
    async with exchange.site.database.transaction() as db:
        await see_draft(db, exchange.site.sealer, exchange.by, exchange.id_of("case_id"))
        children = await list_children(db, exchange.by.person_id)
    child = next((one for one in children if one.id == child_id and age_of(one) < 1), None)
    if child is None:
        raise NotFound("child")
    return child


def _begun(protocols: Protocols, child: Resident) -> State:
    return begin(protocols, months_of(child) / 12, child.sex, "parent", name=child.given_name)  # type: ignore[arg-type]


def _danger(exchange: Exchange, state: State) -> list[Asked]:
    """Every danger question for this age, whatever the answer to the one before it."""
    protocols = exchange.site.shelf.running()
    facts = see_facts(protocols, state)
    for fits, screen in protocols.screens:
        if fits(facts) == YES:
            codes = dict.fromkeys(code for asking in screen for code in asking.block.ask)
            return [
                asked(protocols, state.patient, code, exchange.language)
                for code in codes
                if is_fitting(protocols, facts, code)
            ]
    return []


def _draw(exchange: Exchange, child: Resident, **values: Any) -> Response[str]:
    path = f"/intakes/{exchange.id_of('case_id')}"
    return exchange.page(
        "resident/intake/infant.html", about=child.given_name, tab="home", back=f"{path}/patient", part=None,
        newer=False, **around(exchange, exchange.site.shelf.running()), **values,
    )  # fmt: skip


@get_page("/intakes/{case_id:str}/infants/{child_id:str}", verb="write_intake", who="resident")
async def show_infant(exchange: Exchange) -> Response[Any]:
    """The questions, and the number to call."""
    try:
        child = await _see_infant(exchange)
    except Refused as refused:
        return await leave(exchange, refused)
    if not exchange.site.shelf.is_on:  # without triage nothing is asked: a nurse on the phone does
        return _draw(exchange, child, questions=[], errors=[], chosen=[], outcome="call")
    questions = _danger(exchange, _begun(exchange.site.shelf.running(), child))
    return _draw(exchange, child, questions=questions, errors=[], chosen=[], outcome="")


@post_page("/intakes/{case_id:str}/infants/{child_id:str}", verb="write_intake", who="resident")
async def take_infant(exchange: Exchange) -> Response[Any]:
    """112 for what may be life-threatening, 1177 by phone for everything else; nothing is stored."""
    try:
        child = await _see_infant(exchange)
    except Refused as refused:
        return await leave(exchange, refused)
    protocols = exchange.site.shelf.running()
    state = _begun(protocols, child)
    questions = _danger(exchange, state)
    chosen = set(exchange.all_of("danger"))
    # What was ticked counts, even when another version, with other questions, runs since the page was drawn.
    yes = [code for code in chosen if code in protocols.vocabulary.findings]
    words = "" if yes or _NONE in chosen else "intake.infant.missing"
    if yes and _NONE in chosen:
        words = "intake.infant.both"
    if words:
        errors = [Fault("danger", exchange.say(words))]
        return _draw(exchange, child, questions=questions, errors=errors, chosen=list(chosen), outcome="", status=422)
    answers: dict[str, Value] = {one.code: False for one in questions}
    result = assess(protocols, take_answers(protocols, state, {**answers, **dict.fromkeys(yes, True)}))
    outcome = "emergency" if result.outcome == "emergency" else "urgent" if yes else "call"
    return _draw(exchange, child, questions=[], errors=[], chosen=[], outcome=outcome)


ROUTES = [show_infant, take_infant]
