"""Hem: the two ways in, the honest clock, and what the resident has begun and is waiting for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from linjen.access.ages import ADULT_FROM_YEARS
from linjen.cases.afterwards.rating import find_unrated
from linjen.cases.intake.start import read_own_words
from linjen.cases.loading import Case, list_my_cases
from linjen.cases.overview import look_around
from linjen.cases.patients.dialogue import find_dialogue
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.personal_number import age_years
from linjen.notices.failing import is_failing
from linjen.people.needs import are_told
from linjen.records.promise import find_outlook
from linjen.units.opening import see_schedule
from linjen.units.service_status import find_status
from linjen.units.units import see_unit
from linjen.web.exchange import Exchange
from linjen.web.resident.promise_words import ORDINARY, Promise, promise_for_new
from linjen.web.resident.shown_case import Shown, is_draft, show
from linjen.web.routing import get_page
from linjen.web.status_words import status_in_words


@get_page("/home", verb="home", who="resident")
async def show_home(exchange: Exchange) -> Response[Any]:
    """The first page after the sign-in."""
    return await _draw(exchange, "")


@get_page("/home/{entry:str}", verb="home", who="resident")
async def show_chosen(exchange: Exchange) -> Response[Any]:
    """The same for who chose Sök vård or Administrativa frågor before the sign-in: a script presses it for her, once.

    A link alone begins nothing; without JavaScript, and where a draft waits, she presses herself.
    """
    entry = exchange.request.path_params["entry"]
    if entry not in {"symptom", "admin"}:
        raise NotFound("entry")
    return await _draw(exchange, entry)


async def _draw(exchange: Exchange, chosen: str) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        cases = await list_my_cases(db, exchange.by)
        shown = await show_all(db, exchange, cases)
        promise = await _promise(db, exchange, _unit_of(cases))
        failing = exchange.site.sms is not None and await is_failing(db, exchange.by.person_id)
        asks = await _asks_dialogue(db, exchange, cases)
        service = status_in_words(exchange, await find_status(db))
        unrated = await find_unrated(db, exchange.site.sealer, exchange.by, cases)
        asks_needs = not asks and has_sent(cases) and not await are_told(db, exchange.by.person_id)
    return exchange.page(
        "resident/home.html", tab="home", promise=promise, drafts=[one for one in shown if is_draft(one.case)],
        ongoing=[one for one in shown if one.case.state in {"queued", "in_progress"}],
        answered=[one for one in shown if one.case.state == "closed" and one.case.resident_unread],
        service=service,
        unrated=next((one for one in shown if unrated is not None and one.case.id == unrated.id), None),
        young=age_years(exchange.person["birth_on"], clock.local_date(clock.now())) < ADULT_FROM_YEARS,
        asks=asks, asks_needs=asks_needs, failing=failing, sms=exchange.site.sms is not None, chosen=chosen,
    )  # fmt: skip


def has_sent(cases: list[Case]) -> bool:
    """Whether any of them was sent: before that nothing is asked that the first case does not need."""
    return any(case.sent_at is not None for case in cases)


async def _asks_dialogue(db: Connection, exchange: Exchange, cases: list[Case]) -> bool:
    """Whether she is asked if care may begin a case with her: once, and not before she has had one herself."""
    return has_sent(cases) and await find_dialogue(db, exchange.by.person_id) is None


async def show_all(db: Connection, exchange: Exchange, cases: list[Case]) -> list[Shown]:
    """Every case in words, in the given order; a draft whose time is out is no longer shown."""
    around, at = await look_around(db, [case.id for case in cases]), clock.now()
    drafts = [case.id for case in cases if is_draft(case)]
    words = await read_own_words(db, exchange.site.sealer, drafts) if drafts else {}
    return [
        show(exchange, case, around[case.id], at, words.get(case.id, ""))
        for case in cases
        if not is_draft(case) or (around[case.id].kept_until or at) > at
    ]


def _unit_of(cases: list[Case]) -> UUID | None:
    """The unit that her latest sent case, or else her latest draft, is for."""
    sent = [case.unit_id for case in cases if case.sent_at is not None]
    return next((unit for unit in [*sent, *(case.unit_id for case in cases)] if unit is not None), None)


async def _promise(db: Connection, exchange: Exchange, unit_id: UUID | None) -> Promise:
    if unit_id is None:
        return Promise(exchange.say("home.clock.general"))
    at, unit = clock.now(), await see_unit(db, unit_id)
    if not unit.takes_new:
        return Promise(exchange.say("home.clock.general"))
    schedule = await see_schedule(db, unit_id)
    outlook = await find_outlook(exchange.site.database, db, schedule, unit_id, ORDINARY, at)
    return promise_for_new(schedule, at, exchange.say, exchange.language, unit.name, outlook)


ROUTES = [show_home, show_chosen]
