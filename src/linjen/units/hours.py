"""When a unit is open, staffed or closed, when it opens next, and when an answer can honestly be expected.

Pure functions of a schedule and an instant. The rules are F032 (weekly hours, local deviations), F033 (staff stay half
an hour after closing to residents), F034 (residents may send at any hour, so nothing here refuses a case) and F052
(rehab: weekdays 10–12, what arrives after 12 is the next weekday's).

Hours are Swedish wall-clock times and instants are timezone-aware. On the two nights when the clock is changed, a
unit opens the first time the clock shows its hour and closes the last time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal

import msgspec

from linjen.core.clock import STOCKHOLM, local_date
from linjen.units.schedule import MIDNIGHT, Closure, Schedule, Span, spans_on, week_on

HORIZON: Final = timedelta(days=400)  # further ahead nothing is looked for
Stretch = tuple[datetime, datetime]  # [from, until) in UTC


class State(StrEnum):
    """Where a unit is in its day; residents may send in every one of them (F034)."""

    OPEN = "open"
    CLOSED_TO_RESIDENTS = "closed_to_residents"  # still staffed, to finish what is going on
    UNSTAFFED = "unstaffed"
    TEMPORARILY_CLOSED = "temporarily_closed"


class Expected(msgspec.Struct, frozen=True):
    """An honest expectation of an answer: `reason` is a key for the word files.

    `from_at` is when the case begins to be looked at; `by_at`, where recent answers tell it, when it is usually
    answered. Both None: the unit has no hours ahead.
    """

    reason: Literal["now", "open", "usual", "usual_next", "opens", "opens_urgent", "reopens", "no_hours"]
    from_at: datetime | None = None
    by_at: datetime | None = None


@lru_cache(maxsize=4096)
def _instant(on: date, wall: time, fold: Literal[0, 1]) -> datetime:
    """The instant in UTC when the wall clock shows `wall`; of two the first or last by `fold`; of none, the leap."""
    early, late = sorted(datetime.combine(on, wall, STOCKHOLM).replace(fold=side).astimezone(UTC) for side in (0, 1))
    shown = datetime.combine(on, wall)
    if early.astimezone(STOCKHOLM).replace(tzinfo=None) == shown:
        return late if fold else early
    # The hour does not exist: the clock leaps over it, and the leap is the first instant past it.
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (early, middle) if middle.astimezone(STOCKHOLM).replace(tzinfo=None) > shown else (middle, late)
    return late.replace(microsecond=0)


def _day_stretches(schedule: Schedule, on: date, *, staffed: bool = False) -> Iterator[Stretch]:
    stay = week_on(schedule, on)[1] if staffed else timedelta()
    for span in spans_on(schedule, on):
        ends_on = on + timedelta(days=1) if span.closes == MIDNIGHT else on
        opens_at, closes_at = _instant(on, span.opens, 0), _instant(ends_on, span.closes, 1)
        if opens_at < closes_at:
            yield opens_at, closes_at + stay


def _merged(stretches: Iterator[Stretch], until: datetime) -> Iterator[Stretch]:
    """Stretches that touch or overlap as one; cut at `until`, so that a unit that never closes comes to an end."""
    current: Stretch | None = None
    for opens_at, closes_at in stretches:
        if opens_at >= until:
            break
        if current is not None and opens_at <= current[1]:
            current = current[0], max(current[1], closes_at)
            continue
        if current is not None:
            yield current
        current = opens_at, closes_at
        if closes_at >= until:
            break
    if current is not None:
        yield current


def _stretches(schedule: Schedule, at: datetime, ahead: timedelta, *, staffed: bool) -> Iterator[Stretch]:
    """The unit's hours from `at`, with `staffed` its staff's, in order; those that ended before `at` are left out."""
    first = local_date(at) - timedelta(days=2)
    days = (first + timedelta(days=number) for number in range((local_date(at + ahead) - first).days + 1))
    hours = (stretch for day in days for stretch in _day_stretches(schedule, day, staffed=staffed))
    return (stretch for stretch in _merged(hours, at + ahead) if stretch[1] > at)


def _without_closures(schedule: Schedule, stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    closures = sorted(
        (each.from_at.astimezone(UTC), each.until_at.astimezone(UTC))
        for each in schedule.closures
        if each.from_at < each.until_at
    )
    for opens_at, closes_at in stretches:
        start = opens_at
        for from_at, until_at in closures:
            if from_at >= closes_at:
                break
            if start < from_at:
                yield start, from_at
            start = max(start, until_at)
        if start < closes_at:
            yield start, closes_at


def _open_stretches(schedule: Schedule, at: datetime) -> Iterator[Stretch]:
    return (s for s in _without_closures(schedule, _stretches(schedule, at, HORIZON, staffed=False)) if s[1] > at)


def _staffed_stretches(schedule: Schedule, at: datetime) -> Iterator[Stretch]:
    # A closure keeps new residents out; ongoing cases are still looked after, so it takes nothing from the staffing.
    return _stretches(schedule, at, HORIZON, staffed=True)


# -- questions -------------------------------------------------------------------------------------------------------


def find_closure(schedule: Schedule, at: datetime) -> Closure | None:
    """The temporary closure that holds at `at`; of several, the one that lasts longest."""
    holding = [closure for closure in schedule.closures if closure.from_at <= at < closure.until_at]
    return max(holding, key=lambda closure: closure.until_at, default=None)


def state_at(schedule: Schedule, at: datetime) -> State:
    """The unit's state at an instant (F032, F033)."""
    if find_closure(schedule, at) is not None:
        return State.TEMPORARILY_CLOSED
    if closes_at(schedule, at) is not None:
        return State.OPEN
    return State.UNSTAFFED if staffed_until(schedule, at) is None else State.CLOSED_TO_RESIDENTS


def hours_today(schedule: Schedule, at: datetime) -> tuple[Span, ...]:
    """The hours of the day of `at`, without what temporary closures take of it; none when one of them holds now and the
    unit does not open again that day.
    """
    on = local_date(at)
    hours = list(_without_closures(schedule, _day_stretches(schedule, on)))
    if find_closure(schedule, at) is not None and all(closes <= at for _, closes in hours):
        return ()
    spans = ((_wall(opens, on), _wall(closes, on)) for opens, closes in hours)
    return tuple(Span(opens, closes) for opens, closes in spans if opens < closes or closes == MIDNIGHT)


def _wall(at: datetime, on: date) -> time:
    """What the clock shows, to the minute; MIDNIGHT on the next day."""
    return MIDNIGHT if local_date(at) > on else at.astimezone(STOCKHOLM).time().replace(second=0, microsecond=0)


def closes_at(schedule: Schedule, at: datetime) -> datetime | None:
    """When the unit, open at `at`, closes to residents (UTC); None when it is not open."""
    return _end_of_first(_open_stretches(schedule, at), at)


def staffed_until(schedule: Schedule, at: datetime) -> datetime | None:
    """When the staff that is there at `at` leaves (UTC); None when nobody is there."""
    return _end_of_first(_staffed_stretches(schedule, at), at)


def last_staffed_end(schedule: Schedule, at: datetime) -> datetime | None:
    """When the staff last left, at `at` or before (UTC); None when nobody has been there for a week."""
    week = timedelta(days=8)
    ends = [end for _, end in _stretches(schedule, at - week, week, staffed=True) if end <= at]
    return max(ends, default=None)


def _end_of_first(stretches: Iterator[Stretch], at: datetime) -> datetime | None:
    start, end = next(stretches, (None, None))
    return end if start is not None and start <= at else None


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """The first instant after `at` at which the unit opens to residents (UTC); None within `HORIZON`."""
    return next((start for start, _ in _open_stretches(schedule, at) if start > at), None)


def received_at(schedule: Schedule, at: datetime) -> datetime | None:
    """When a case sent at `at` begins to be handled: at once when open, else at the next opening (F034, F052)."""
    return at if closes_at(schedule, at) is not None else next_opening(schedule, at)


def staffed_minutes(schedule: Schedule, from_at: datetime, until_at: datetime) -> float:
    """Minutes of [from_at, until_at) in which the unit is staffed: what an answer's waiting time is counted in."""
    if until_at <= from_at:
        return 0.0
    first, last = from_at.astimezone(UTC), until_at.astimezone(UTC)
    parts = (
        min(end, last) - max(start, first)
        for start, end in _stretches(schedule, first, last - first, staffed=True)
        if start < last
    )
    return sum(parts, timedelta()) / timedelta(minutes=1)


def staffed_windows(schedule: Schedule, at: datetime) -> list[Stretch]:
    """The staffed time that is left of today and of tomorrow, in parts of up to two hours that end on an even hour of
    the Swedish clock; where nothing is left of these, that of the next staffed day. Parts under half an hour are none.
    """
    tomorrow, windows, day = local_date(at) + timedelta(days=1), list[Stretch](), None
    for opens, ends in _staffed_stretches(schedule, at):
        day = day or max(tomorrow, local_date(opens))
        start = max(opens, _next_quarter(at))
        while start < ends:
            shown = start.astimezone(STOCKHOLM)
            cut = shown.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2 - shown.hour % 2)
            until = min(cut.astimezone(UTC), ends)
            if local_date(start) > day:
                return windows
            if until - start >= timedelta(minutes=30):
                windows.append((start, until))
            start = max(until, start + timedelta(minutes=1))
    return windows


def _next_quarter(at: datetime) -> datetime:
    return datetime.fromtimestamp(-(-at.timestamp() // 900) * 900, UTC)


def add_staffed_time(schedule: Schedule, at: datetime, duration: timedelta) -> datetime | None:
    """The instant when the unit has been staffed for `duration` since `at` (UTC); None within `HORIZON`."""
    left = duration
    for start, end in _staffed_stretches(schedule, at):
        begins = max(start, at.astimezone(UTC))
        if begins + left <= end:
            return begins + left
        left -= end - begins
    return None


def expected_answer(schedule: Schedule, at: datetime, urgency: int, median_minutes: float | None = None) -> Expected:
    """When an answer can honestly be expected for a case sent at `at`.

    `urgency` is 1–5; `median_minutes` is the unit's recent median from received to first answer at that urgency,
    counted in staffed minutes; None when there are too few answers to tell. `by_at` is never in unstaffed time.
    Reasons: now (urgency 1–2, open), open (open, nothing to go by), usual (today by `by_at`), usual_next (by `by_at`
    on a later day), opens (from the next opening), opens_urgent (the same for urgency 1–2: the page also shows 1177
    and 112), reopens (after a temporary closure), no_hours.
    """
    from_at = received_at(schedule, at)
    if from_at is None:
        return Expected("no_hours")
    by_at = None
    if median_minutes is not None:
        by_at = _rounded_up(schedule, add_staffed_time(schedule, from_at, timedelta(minutes=max(median_minutes, 1))))
    if from_at > at:
        if urgency <= 2:
            return Expected("opens_urgent", from_at, by_at)
        closed = find_closure(schedule, at) is not None
        return Expected("reopens" if closed else "opens", from_at, by_at)
    if by_at is not None and local_date(by_at) > local_date(at):
        return Expected("usual_next", from_at, by_at)
    if urgency <= 2:
        return Expected("now", from_at, by_at)
    return Expected("open" if by_at is None else "usual", from_at, by_at)


def _rounded_up(schedule: Schedule, at: datetime | None) -> datetime | None:
    """To a full five minutes, as an estimate is said, but not past the end of the staffed time."""
    if at is None:
        return None
    whole = datetime.fromtimestamp(-(-at.timestamp() // 300) * 300, UTC)
    last = staffed_until(schedule, at - timedelta(microseconds=1))
    return whole if last is None else min(whole, last)
