"""A unit's schedule: its week, special days, public holidays and temporary closures, as data (F032, F052).

Times are on the Swedish wall clock; closures are instants. What follows from a schedule stands in `hours.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

import holidays
import msgspec

from linjen.core.clock import local
from linjen.core.errors import Invalid

MIDNIGHT: Final = time(0)
STAFF_STAY: Final = timedelta(minutes=30)  # F033
EVER: Final = date(2000, 1, 1)  # from when a week holds that nobody has given a day


class Span(msgspec.Struct, frozen=True, order=True):
    """Hours of one day, [opens, closes) on the wall clock; closes 00:00 means the end of the day."""

    opens: time
    closes: time


Week = tuple[tuple[Span, ...], ...]  # seven days from Monday, each with its spans in order


class Closure(msgspec.Struct, frozen=True):
    """A temporary closure, [from_at, until_at): planned three weeks ahead, or acute by the head of operations."""

    from_at: datetime
    until_at: datetime
    kind: Literal["planned", "acute"]
    reason: str


class WeekFrom(msgspec.Struct, frozen=True, kw_only=True):
    """A week that holds from a day on, until another one does; for so long the staff stay after each closing (F033)."""

    from_on: date
    week: Week
    stay_minutes: int


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides a unit's hours. For a day, `special_days` wins over public holidays, they over the week.

    A special day without spans is a closed day: Midsummer Eve for most, while a unit that works on Good Friday gives
    that day its spans. `week` and `staff_stay` are those of the day on which it was read; `weeks`, in order, are there
    where another day has other ones.
    """

    week: Week
    special_days: Mapping[date, tuple[Span, ...]] = {}
    closures: tuple[Closure, ...] = ()
    closed_on_public_holidays: bool = True
    staff_stay: timedelta = STAFF_STAY
    weeks: tuple[WeekFrom, ...] = ()


def week_of(*days: str) -> Week:
    """A week written as people write it: seven texts such as "08.00–16.00", "8-12 13-16" or "" for a closed day.

    Raises Invalid with field "week" and the reason week_not_seven_days, hours_form, hours_backwards or hours_overlap.
    """
    if len(days) != 7:
        raise Invalid("week_not_seven_days", field="week")
    return tuple(spans_of(text) for text in days)


def week_as_typed(days: Sequence[str], field: str) -> Week:
    """The week of seven boxes from Monday, an empty one for a closed day; errors as in `week_of`, each at its box: the
    field's name with the day's number, "day_0" for Monday.
    """
    found: list[tuple[Span, ...]] = []
    for number, text in enumerate(days):
        try:
            found.append(spans_of(text))
        except Invalid as error:
            raise Invalid(error.reason, f"{field}_{number}") from None
    return tuple(found)


def week_from_rows(rows: Iterable[tuple[int, time, time]]) -> Week:
    """A week from (weekday 0–6 from Monday, opens, closes), in any order; errors as in `check_spans`."""
    days: list[list[Span]] = [[] for _ in range(7)]
    for weekday, opens, closes in rows:
        days[weekday].append(Span(opens, closes))
    return tuple(check_spans(tuple(spans)) for spans in days)


def schedule_from_rows(
    hours: Iterable[tuple[int, time, time]],
    closures: Iterable[tuple[datetime, datetime, str, str]] = (),
    staff_stay: timedelta = STAFF_STAY,
    weeks: tuple[WeekFrom, ...] = (),
) -> Schedule:
    """A unit's schedule from its stored hours and its (from_at, until_at, kind, reason) rows, kind as in the table.

    A row "holiday_open" within one day is that day's hours; a longer one lets the ordinary week hold on its days.
    """
    ordinary = Schedule(week=week_from_rows(hours), staff_stay=staff_stay, weeks=weeks)
    special: dict[date, tuple[Span, ...]] = {}
    closed: list[Closure] = []
    for from_at, until_at, kind, reason in closures:
        if kind == "holiday_open":
            for day, spans in _opened_days(ordinary, local(from_at), local(until_at)):
                special[day] = check_spans((*special.get(day, ()), *spans))
        else:
            closed.append(Closure(from_at, until_at, "acute" if kind == "acute" else "planned", reason))
    return msgspec.structs.replace(ordinary, special_days=special, closures=tuple(closed))


def _opened_days(ordinary: Schedule, opens: datetime, ends: datetime) -> Iterator[tuple[date, tuple[Span, ...]]]:
    first, last = opens.date(), (ends - timedelta(microseconds=1)).date()
    if first == last:
        yield first, (Span(opens.time(), ends.time()),)
        return
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield day, week_on(ordinary, day)[0][day.weekday()]


def spans_of(text: str) -> tuple[Span, ...]:
    """One day's hours from text: spans apart by spaces or commas, each opens–closes; see `week_of` for the errors."""
    parts = _AROUND_DASH.sub("-", text).replace(",", " ").split()
    found = [_SPAN.fullmatch(part) for part in parts]
    try:
        spans = tuple(Span(_time(match[1], match[2]), _time(match[3], match[4])) for match in found if match)
    except ValueError:
        raise Invalid("hours_form", field="week") from None
    if None in found:
        raise Invalid("hours_form", field="week")
    return check_spans(spans)


def check_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The same spans in order; raises Invalid hours_backwards or hours_overlap, field "week"."""
    ordered = tuple(sorted(spans))
    if any(span.closes != MIDNIGHT and span.closes <= span.opens for span in ordered):
        raise Invalid("hours_backwards", field="week")
    if any(before.closes == MIDNIGHT or before.closes > after.opens for before, after in pairwise(ordered)):
        raise Invalid("hours_overlap", field="week")
    return ordered


_AROUND_DASH = re.compile(r"\s*[-–]\s*")
_SPAN = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?-([0-9]{1,2})(?:[.:]([0-9]{2}))?")


def _time(hour: str, minute: str | None) -> time:
    return MIDNIGHT if (hour, minute or "00") == ("24", "00") else time(int(hour), int(minute or 0))


HEALTH_CENTRE_WEEK: Final = week_of(*["08.00–16.00"] * 4, "08.00–14.30", "", "")  # F032
_NEVER: Final = week_of(*[""] * 7)
REHAB_WEEK: Final = week_of(*["10.00–12.00"] * 5, "", "")  # F052


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> Mapping[date, str]:
    found = holidays.country_holidays("SE", years=year, language="sv", categories=("public",))
    return {day: str(name) for day, name in found.items() if day.year == year}


def find_public_holiday(on: date) -> str | None:
    """The Swedish name of the public holiday on that day; an ordinary Sunday is not one."""
    return _public_holidays(on.year).get(on)


def spans_on(schedule: Schedule, on: date) -> tuple[Span, ...]:
    """The hours of one calendar day before temporary closures; empty when it is a closed day."""
    if on in schedule.special_days:
        return schedule.special_days[on]
    if schedule.closed_on_public_holidays and find_public_holiday(on) is not None:
        return ()
    return week_on(schedule, on)[0][on.weekday()]


def week_on(schedule: Schedule, on: date) -> tuple[Week, timedelta]:
    """The week that holds on a day, and how long the staff stay after each of its closings."""
    for one in reversed(schedule.weeks):
        if one.from_on <= on:
            return one.week, timedelta(minutes=one.stay_minutes)
    return (schedule.week, schedule.staff_stay) if not schedule.weeks else (_NEVER, STAFF_STAY)
