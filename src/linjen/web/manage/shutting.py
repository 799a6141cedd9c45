"""Stäng enheten: the administrator's page for when a unit takes no new cases, for shutting it and opening it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from linjen.cases.waiting.shutting import FURTHEST, LeftOpen, count_left, list_holders, shut_unit
from linjen.core import clock
from linjen.core.database import Connection
from linjen.people.staff import list_workplaces
from linjen.people.workplaces import care_workplaces
from linjen.units.shutting import Shutting, find_shutting
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting
from linjen.web.unit_words import stops_in_words

_STATES = ("open", "ending", "shut")


def _day(text: str) -> date | None:
    try:
        return clock.read_day(text)
    except ValueError:
        return None


def _read(exchange: Exchange) -> tuple[Shutting, Shutting]:
    state, day = exchange.text_of("state", longest=10), _day(exchange.text_of("on", longest=20))
    was = Shutting(_day(exchange.text_of("was_on", longest=20)), exchange.text_of("was", longest=10) == "shut")
    if state == "shut":  # the day on which it stopped taking new cases stays, where that has been
        day = was.shuts_on if was.shuts_on and was.shuts_on <= clock.local_date(clock.now()) else None
        return Shutting(day, True), was
    # What cannot be read as a day is one that nobody can choose.
    return (Shutting(day or date.min) if state == "ending" else Shutting()), was


def _state(value: Shutting) -> str:
    return "shut" if value.is_shut else "ending" if value.shuts_on else "open"


def _draw(exchange: Exchange, now: Shutting, errors: Mapping[str, str], typed: bool) -> dict[str, Any]:
    today, on = clock.local_date(clock.now()), now.shuts_on.isoformat() if now.shuts_on else ""
    state = exchange.text_of("state", longest=10) if typed else _state(now)
    return {
        "was": _state(now), "was_on": on, "state": state if state in _STATES else "open",
        "on": exchange.text_of("on", longest=20) if typed else on, "error_on": errors.get("on", ""),
        "least": today.isoformat(), "most": (today + FURTHEST).isoformat(),
        "states": [{"value": one, "text": exchange.say(f"manage.shutting.state_{one}"),
                    "hint": exchange.say(f"manage.shutting.hint_{one}")} for one in _STATES],
    }  # fmt: skip


async def _around(exchange: Exchange, db: Connection, unit_id: UUID) -> dict[str, Any]:
    """What is left, as numbers; the way to the cases only for who works with them there."""
    left, holders = await count_left(db, unit_id), await list_holders(db, unit_id)
    cares = unit_id in {place.unit_id for place in care_workplaces(await list_workplaces(db, exchange.by.person_id))}
    return {
        "left": _rows(exchange, left), "total": left.total, "reads": cares,
        "holders": [{"name": name, "value": _cases(exchange, count)} for name, count in holders],
    }  # fmt: skip


def _cases(exchange: Exchange, count: int) -> str:
    return exchange.say("manage.shutting.case" if count == 1 else "manage.shutting.cases", count=count)


def _rows(exchange: Exchange, left: LeftOpen) -> list[dict[str, str]]:
    """What there is of each kind; of what there is none of nothing."""
    found = {name: getattr(left, name) for name in ("waiting", "held", "booked", "tickets_here", "tickets_sent")}
    return [{"name": exchange.say(f"manage.shutting.left.{name}"), "value": str(count)}
            for name, count in found.items() if count]  # fmt: skip


def _words(exchange: Exchange, value: Shutting) -> dict[str, str]:
    said = stops_in_words(exchange, value) or exchange.say("manage.shutting.state_open")
    return {exchange.say("manage.shutting.question"): said}


async def _counts(db: Connection, unit_id: UUID) -> Mapping[str, int]:
    left = await count_left(db, unit_id)
    return {"open": left.total, "drafts": left.drafts}


PAGE = UnitSetting(
    Setting(name="shutting", verb="shut_unit", shape=Shutting, find=find_shutting, save=shut_unit, copy=""),
    "shutting", read=_read, draw=_draw, words=_words, counts=_counts, around=_around, tells_ledgers=True,
)  # fmt: skip
ROUTES = PAGE.routes()
