"""A unit's hours in words, for its administrator and for who looks it up: today, each day of the week, and closures."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from linjen.core import clock, swedish
from linjen.core.swedish import date_words
from linjen.units.managed import ManagedUnit, StoredClosure
from linjen.units.schedule import MIDNIGHT, Schedule, Span, find_public_holiday, spans_on
from linjen.units.shutting import Shutting
from linjen.web.exchange import Exchange
from linjen.web.resident.promise_words import staffing_words


def today_words(exchange: Exchange, unit: ManagedUnit, at: datetime) -> str:
    """Who is there at `at` and until when, in the words that residents read; of a shut unit that it is."""
    if unit.is_shut:
        return stops_in_words(exchange, Shutting(unit.shuts_on, True))
    return staffing_words(unit.schedule, at, exchange.say, exchange.language, unit.name)[0]


def day_in_words(exchange: Exchange, schedule: Schedule, on: date) -> dict[str, str]:
    """The hours of one calendar day before temporary closures, and the public holiday that it may be."""
    spans = spans_on(schedule, on)
    return {"hours": _hours(exchange, spans), "holiday": find_public_holiday(on) or ""}


def week_in_words(exchange: Exchange, schedule: Schedule, today: date) -> list[dict[str, Any]]:
    """Seven rows from Monday: the day, its hours and how long it is staffed (F032, F033)."""
    monday = today - timedelta(days=today.weekday())
    return [
        {
            "day": swedish.weekday(monday + timedelta(days=number), exchange.language).capitalize(),
            "is_today": number == today.weekday(), "hours": _hours(exchange, spans),
            "span": span_words(exchange, spans), "staffed": _staffed(exchange, schedule, spans),
        }
        for number, spans in enumerate(schedule.week)
    ]  # fmt: skip


def week_in_short(exchange: Exchange, schedule: Schedule) -> list[str]:
    """The week with days of the same hours together: "Mån–tor Kl. 08.00–16.00", "Fre Kl. 08.00–14.30", "Lör–sön
    stängt"; no line for a unit that is never open.
    """
    if not any(schedule.week):
        return []
    names = [row["day"][:3].lower() for row in week_in_words(exchange, schedule, clock.local_date(clock.now()))]
    lines = []
    for spans, days in groupby(range(7), key=lambda day: schedule.week[day]):
        first, *rest = days
        named = f"{names[first]}–{names[rest[-1]]}" if rest else names[first]
        hours = span_words(exchange, spans) or exchange.say("manage.units.closed").lower()
        lines.append(f"{named.capitalize()} {hours}")
    return lines


def closure_in_words(exchange: Exchange, one: StoredClosure) -> dict[str, str]:
    """What it is, from when until when, and why."""
    return {
        "kind": exchange.say(f"manage.closure.{one.kind}"), "reason": one.reason,
        "from": _moment(one.from_at), "until": _moment(one.until_at),
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return f"{swedish.date_words(clock.local_date(at))}, {swedish.time_inside(at)}"


def _hours(exchange: Exchange, spans: tuple[Span, ...]) -> str:
    return span_words(exchange, spans) or exchange.say("manage.units.closed")


def span_words(exchange: Exchange, spans: tuple[Span, ...]) -> str:
    """ "Kl. 08.00–16.00" as the routine writes it, "08:00–16:00" in English; '' for a day that is closed."""
    if not spans:
        return ""
    if exchange.language == "en":
        return ", ".join(f"{one.opens:%H:%M}–{_end(one.closes).replace('.', ':')}" for one in spans)
    return " ".join(["Kl.", ", ".join(f"{one.opens:%H.%M}–{_end(one.closes)}" for one in spans)])


def _staffed(exchange: Exchange, schedule: Schedule, spans: tuple[Span, ...]) -> str:
    if not spans:
        return ""
    stays = datetime.combine(date.min, spans[-1].closes) + schedule.staff_stay
    return exchange.say("manage.units.until", time=f"{stays:%H.%M}")


def _end(closes: time) -> str:
    return "24.00" if closes == MIDNIGHT else f"{closes:%H.%M}"


def stops_in_words(exchange: Exchange, value: Shutting) -> str:
    """That the unit is shut, or from which day it takes no new cases; '' while neither is decided."""
    if value.shuts_on is None:
        return ""
    return exchange.say("manage.shutting.is_shut" if value.is_shut else "manage.shutting.is_ending",
                        day=date_words(value.shuts_on))  # fmt: skip
