"""Öppettider: a unit's own people change its week and how long staff stay, from today or a later day (F032, F033)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.units.managed import begin_deciding
from linjen.units.opening import see_schedule
from linjen.units.schedule import MIDNIGHT, Span, Week, WeekFrom

#: So long after each closing the staff can stay, in minutes.
STAYS: Final = (0, 30, 60, 90, 120)
#: The furthest day that can be chosen.
FURTHEST: Final = timedelta(days=366)
#: Hours begin and end on a half hour.
STEP: Final = 30


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """The week that holds now, how long the staff stay after each closing, and what is to hold from later days on, the
    next first.
    """

    week: Week
    stay_minutes: int
    coming: tuple[WeekFrom, ...] = ()


async def find_hours(db: Connection, unit_id: UUID) -> Hours:
    """What holds today and what is to come; a week without hours for a unit that has none."""
    schedule, today = await see_schedule(db, unit_id), clock.local_date(clock.now())
    coming = tuple(one for one in schedule.weeks if one.from_on > today)
    return Hours(week=schedule.week, stay_minutes=schedule.staff_stay // timedelta(minutes=1), coming=coming)


async def set_hours(db: Connection, by: By, unit_id: UUID, new: Hours, was: Hours | None) -> None:
    """Let these be the unit's hours, if they still are what the page showed; logged. Once more changes nothing. What
    held until today stays as it was for the days that have been.

    Raises NotFound for who neither leads nor configures the unit, Invalid as `check_week` or 'far' with field
    "from_on", and Refused('changed') when somebody has decided otherwise meanwhile.
    """
    await begin_deciding(db, by, unit_id, "set_hours")
    today, now = clock.local_date(clock.now()), await find_hours(db, unit_id)
    wanted = as_of(new, today)
    if wanted == now:
        return
    if now != was:
        raise Refused("changed", verb="set_hours")
    if _first(wanted, today) != _first(now, today):
        check_week(wanted.week, wanted.stay_minutes, now.week)
        await _write(db, unit_id, [_first(wanted, today)])
    for one in wanted.coming:
        if one not in now.coming:
            check_week(one.week, one.stay_minutes, now.week)
            if one.from_on > today + FURTHEST:
                raise Invalid("far", "from_on")
    await db.execute("delete from opening_hours where unit_id = $1 and from_on > $2", unit_id, today)
    await _write(db, unit_id, wanted.coming)


def as_of(hours: Hours, today: date) -> Hours:
    """The same on a later day: of the coming weeks the last whose day has come holds, and none is there that changes
    nothing.
    """
    week, stay, coming = hours.week, hours.stay_minutes, list[WeekFrom]()
    for one in sorted(hours.coming, key=lambda one: one.from_on):
        if one.from_on <= today:
            week, stay = one.week, one.stay_minutes
            continue
        before = coming[-1] if coming else WeekFrom(from_on=today, week=week, stay_minutes=stay)
        if (one.week, one.stay_minutes) != (before.week, before.stay_minutes):
            coming.append(one)
    return Hours(week=week, stay_minutes=stay, coming=tuple(coming))


def check_week(week: Week, stay_minutes: int, known: Week) -> None:
    """Raises Invalid: 'week_missing' with field "day_0", 'hours_step' or 'hours_midnight' with the day's, and 'stay'
    with field "stay". A day that is as in `known` is taken as it is.
    """
    if not any(week):
        raise Invalid("week_missing", "day_0")
    for number, (spans, before) in enumerate(zip(week, known, strict=True)):
        if spans != before:
            _check_day(spans, f"day_{number}")
    if stay_minutes not in STAYS:
        raise Invalid("stay", "stay")


def _check_day(spans: Sequence[Span], field: str) -> None:
    for span in spans:
        if span.closes == MIDNIGHT:  # the table keeps a day's end within the day
            raise Invalid("hours_midnight", field)
        if not (_on_step(span.opens) and _on_step(span.closes)):
            raise Invalid("hours_step", field)


def _on_step(wall: time) -> bool:
    return wall.minute % STEP == 0 and wall.second == 0


def _first(hours: Hours, today: date) -> WeekFrom:
    return WeekFrom(from_on=today, week=hours.week, stay_minutes=hours.stay_minutes)


async def _write(db: Connection, unit_id: UUID, weeks: Sequence[WeekFrom]) -> None:
    """Each of them in the place of what was to hold from its day."""
    await db.execute(
        "delete from opening_hours where unit_id = $1 and from_on = any($2::date[])",
        unit_id, [one.from_on for one in weeks],
    )  # fmt: skip
    await db.executemany(
        "insert into opening_hours (unit_id, from_on, stay_minutes, weekday, opens, closes)"
        " values ($1, $2, $3, $4, $5, $6)",
        [(unit_id, one.from_on, one.stay_minutes, weekday, span.opens, span.closes)
         for one in weeks for weekday, spans in enumerate(one.week) for span in spans],
    )  # fmt: skip
