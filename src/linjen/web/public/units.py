"""Vårdenheter: every unit that residents may write to, with its hours and the honest clock, before anybody signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.phone import display_phone
from linjen.records.promise import Outlook, find_outlook
from linjen.units.hours import State, hours_today, state_at
from linjen.units.opening import list_schedules, see_schedule
from linjen.units.schedule import Schedule, find_public_holiday
from linjen.units.units import Unit, find_successor, list_units_for_residents, list_units_of_residents
from linjen.web.exchange import Exchange
from linjen.web.resident.promise_words import ORDINARY, promise_for_new, staffing_words
from linjen.web.routing import get_page
from linjen.web.unit_words import span_words, week_in_words


@get_page("/units", verb="public", who="anyone")
async def show_units(exchange: Exchange) -> Response[Any]:
    """All of them by name, with who is there now."""
    async with exchange.site.database.connection() as db:
        return exchange.page("public/units.html", units=await units_in_words(db, exchange))


@get_page("/units/{unit_id:str}", verb="public", who="anyone")
async def show_unit(exchange: Exchange) -> Response[Any]:
    """One of them: the clock, the two ways in, hours and the telephone; 404 for one that takes no residents. Of one
    that takes no new cases any more, where to turn instead: links to it are saved.
    """
    unit_id, at = exchange.id_of("unit_id"), clock.now()
    async with exchange.site.database.connection() as db:
        unit = next((one for one in await list_units_of_residents(db) if one.id == unit_id), None)
        if unit is None:
            raise NotFound("unit")
        if not unit.takes_new:
            successor = await find_successor(db, unit.id)
            return exchange.page("public/unit_shut.html", unit=unit, successor=successor)
        schedule = await see_schedule(db, unit.id)
        outlook = await find_outlook(exchange.site.database, db, schedule, unit.id, ORDINARY, at)
    today = clock.local_date(at)
    return exchange.page(
        "public/unit.html", unit=unit,
        week=[{"name": row["day"], "value": row["span"] or exchange.say("units.closed")}
              for row in week_in_words(exchange, schedule, today)],
        promise=promise_for_new(schedule, at, exchange.say, exchange.language, unit.name, outlook),
        phone=display_phone(unit.phone) if unit.phone else "",
        today=span_words(exchange, hours_today(schedule, at)), holiday=find_public_holiday(today) or "",
        dialled="".join(sign for sign in unit.phone if sign.isdigit() or sign == "+"),
    )  # fmt: skip


async def units_in_words(db: Connection, exchange: Exchange, most_answers: int = 0) -> list[dict[str, Any]]:
    """Each unit's name and address, whether it is open now, and where they are no more than `most_answers`, when an
    answer can be expected.
    """
    units = await list_units_for_residents(db)
    schedules, at = await list_schedules(db, [unit.id for unit in units]), clock.now()
    found = []
    for unit in units:
        outlook = None
        if len(units) <= most_answers:
            outlook = await find_outlook(exchange.site.database, db, schedules[unit.id], unit.id, ORDINARY, at)
        found.append(_in_words(unit, schedules[unit.id], outlook, at, exchange))
    return found


def _in_words(
    unit: Unit, schedule: Schedule, outlook: Outlook | None, at: datetime, exchange: Exchange
) -> dict[str, Any]:
    words, _ = staffing_words(schedule, at, exchange.say, exchange.language, unit.name, named=False)
    if outlook is not None:
        answer = promise_for_new(schedule, at, exchange.say, exchange.language, unit.name, outlook).answer
        words = f"{words} {answer}".strip()
    is_open = state_at(schedule, at) is State.OPEN  # who only finishes what is going on is closed to who comes now
    return {"name": unit.name, "href": f"/units/{unit.id}", "words": words, "there": is_open}


def staffed_now(units: Sequence[dict[str, Any]]) -> int:
    """How many of them are open."""
    return sum(unit["there"] for unit in units)


ROUTES = [show_units, show_unit]
