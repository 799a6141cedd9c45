"""Öppettider i ord: a unit's hours on a line, and what a change of them does, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from linjen.cases.waiting.shutting import count_left
from linjen.core import clock, swedish
from linjen.core.database import Connection
from linjen.records.promise import find_outlook
from linjen.units.opening import see_schedule
from linjen.units.schedule import Schedule, Span, Week, WeekFrom
from linjen.units.units import see_unit
from linjen.units.weekly_hours import Hours
from linjen.web.exchange import Exchange
from linjen.web.manage.changes import Rehearsal
from linjen.web.manage.lengths import length_words
from linjen.web.resident.promise_words import ORDINARY, promise_for_new, staffing_words
from linjen.web.unit_words import span_words, week_in_short

_WORDS = "manage.hours"


class Promised(msgspec.Struct, frozen=True):
    """What residents read now of the unit, and how many open cases it has."""

    said: str
    open: int


def stay_words(exchange: Exchange, minutes: int) -> str:
    """'30 minuter', '1 timme och 30 minuter' or 'Ingen tid'."""
    return length_words(exchange, minutes) if minutes else exchange.say(f"{_WORDS}.stay_none")


def week_line(exchange: Exchange, week: Week, stay_minutes: int) -> str:
    """'Mån–tor Kl. 08.00–16.00. Fre Kl. 08.00–14.30. Lör–sön stängt. Personalen är kvar: 30 minuter.'"""
    days = week_in_short(exchange, Schedule(week=week)) or [exchange.say(f"{_WORDS}.never")]
    return " ".join(f"{line}." for line in [*days, _stays(exchange, stay_minutes)])


def _stays(exchange: Exchange, minutes: int) -> str:
    if not minutes:
        return exchange.say(f"{_WORDS}.goes_at_once")
    return exchange.say(f"{_WORDS}.stays", time=stay_words(exchange, minutes))


def hours_in_words(exchange: Exchange, value: Hours) -> dict[str, str]:
    """What holds, and what is to hold from each later day."""
    now = {exchange.say(f"{_WORDS}.title"): week_line(exchange, value.week, value.stay_minutes)}
    return now | {_from(exchange, one.from_on): week_line(exchange, one.week, one.stay_minutes) for one in value.coming}


def _from(exchange: Exchange, on: date) -> str:
    return exchange.say(f"{_WORDS}.from", day=swedish.date_words(on))


def coming_in_words(exchange: Exchange, schedule: Schedule, today: date) -> list[str]:
    """What is to hold from each later day: 'Från och med 1 januari 2031: Mån–tor …'."""
    return [f"{_from(exchange, one.from_on)}: {week_line(exchange, one.week, one.stay_minutes)}"
            for one in schedule.weeks if one.from_on > today]  # fmt: skip


async def promised(exchange: Exchange, db: Connection, unit_id: UUID) -> Promised:
    """The words of the clock as a resident reads them on her first page, by the hours that the database has."""
    at, unit, schedule = clock.now(), await see_unit(db, unit_id), await see_schedule(db, unit_id)
    if not unit.takes_residents:
        said = staffing_words(schedule, at, exchange.say, "sv", unit.name)[0]
    else:
        outlook = await find_outlook(exchange.site.database, db, schedule, unit_id, ORDINARY, at)
        promise = promise_for_new(schedule, at, exchange.say, "sv", unit.name, outlook)
        said = " ".join(filter(None, (promise.now, promise.answer)))
    return Promised(said, (await count_left(db, unit_id)).open)


def say_change(exchange: Exchange, found: Rehearsal[Hours]) -> Mapping[str, Any]:
    """What manage/hours_preview.html draws: for each day from which something else holds, in the place of what."""
    was, becomes = found.was, found.becomes
    parts = []
    if (was.week, was.stay_minutes) != (becomes.week, becomes.stay_minutes):
        lines = _differences(exchange, _now(was), _now(becomes))
        parts.append({"title": exchange.say(f"{_WORDS}.from_now"), "lines": lines})
    for one in becomes.coming:
        before, same = _holds(was, one.from_on), one in was.coming
        if not same:
            parts.append({"title": _from(exchange, one.from_on), "lines": _differences(exchange, before, one)})
    kept = {one.from_on for one in becomes.coming}
    for one in was.coming:
        if one.from_on not in kept:
            then, day = _holds(becomes, one.from_on), swedish.date_words(one.from_on)
            same = (then.week, then.stay_minutes) == (one.week, one.stay_minutes)
            lines = [exchange.say(f"{_WORDS}.gone_same")] if same else _differences(exchange, one, then)
            parts.append({"title": exchange.say(f"{_WORDS}.gone", day=day), "lines": lines})
    return {"parts": parts, "still": [
        exchange.say(f"{_WORDS}.still", day=swedish.date_words(one.from_on),
                     hours=week_line(exchange, one.week, one.stay_minutes))
        for one in becomes.coming if one in was.coming
    ], "meant": _meant(exchange, found.seen_before, found.seen_after)}  # fmt: skip


def _meant(exchange: Exchange, before: Promised, after: Promised) -> dict[str, Any]:
    count = after.open
    key = "open_0" if not count else "open_1" if count == 1 else "open"
    return {"is": after.said, "was": before.said if before.said != after.said else "",
            "open": exchange.say(f"{_WORDS}.{key}", count=count)}  # fmt: skip


def _now(hours: Hours) -> WeekFrom:
    return WeekFrom(from_on=date.min, week=hours.week, stay_minutes=hours.stay_minutes)


def _holds(hours: Hours, on: date) -> WeekFrom:
    return max((one for one in (_now(hours), *hours.coming) if one.from_on <= on), key=lambda one: one.from_on)


def _differences(exchange: Exchange, was: WeekFrom, becomes: WeekFrom) -> list[str]:
    """'Mån–tor Kl. 08.00–17.00 i stället för Kl. 08.00–16.00.', days of the same change together."""
    lines, differ = [], [day for day in range(7) if was.week[day] != becomes.week[day]]
    for (old, new), days in groupby(differ, key=lambda day: (was.week[day], becomes.week[day])):
        lines.append(exchange.say(f"{_WORDS}.instead", days=_days(list(days)), hours=_hours(exchange, new),
                                  was=_hours(exchange, old).lower()))  # fmt: skip
    if not differ:
        lines.append(exchange.say(f"{_WORDS}.same_week"))
    elif len(differ) < 7:
        lines.append(exchange.say(f"{_WORDS}.other_days"))
    stays = _stays(exchange, becomes.stay_minutes)
    same = was.stay_minutes == becomes.stay_minutes
    lines.append(exchange.say(f"{_WORDS}.stays_same" if same else f"{_WORDS}.stays_instead", stays=stays,
                              was=stay_words(exchange, was.stay_minutes).lower()))  # fmt: skip
    return lines


def _days(days: list[int]) -> str:
    """'Mån–tor', or 'Mån, ons' where they do not follow each other."""
    names = [swedish.weekday(date(2024, 1, 1) + timedelta(days=day))[:3] for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]}–{names[-1]}".capitalize()
    return ", ".join(names).capitalize()


def _hours(exchange: Exchange, spans: tuple[Span, ...]) -> str:
    return span_words(exchange, spans) or exchange.say("manage.units.closed").lower()
