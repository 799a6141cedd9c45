"""Vad patienten får veta när någon går: a text for each choice, and until which day asynkront can be promised (F035).

A promise is made for a day when somebody is there, and to a patient who waits for an answer never past the deadline of
the case's level.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import msgspec

from linjen.cases.levels import URGENT
from linjen.cases.moves.asynchronous import MOST_DAYS
from linjen.cases.moves.left_behind import Held
from linjen.core import clock
from linjen.core.swedish import date_words, moment_words, time_inside
from linjen.units.hours import next_opening, staffed_minutes
from linjen.units.schedule import Schedule
from linjen.web.clinic.moves.day_end import day_goes_on
from linjen.web.exchange import Exchange

#: What is suggested first: enough for a night, or for a weekend that begins tomorrow.
USUAL_DAYS = 3


class Until(msgspec.Struct, frozen=True):
    """The day that can be promised, `days` from today; `by_at` is said with it where the deadline passes during it."""

    days: int
    on: date
    by_at: datetime | None = None

    def words(self) -> str:
        """'3 december 2026', or with its time."""
        return date_words(self.on) + (f" {time_inside(self.by_at)}" if self.by_at else "")


def promised_day(schedule: Schedule, at: datetime, held: Held) -> Until | None:
    """Until when the case may be asynchronous; None where nobody is there before its answer is due.

    An urgent case is left to the one who knows its patient, and then waits no longer than to the next staffed day.
    """
    if held.level <= URGENT:
        return next((one for one in _days(schedule, at, None, range(1, MOST_DAYS + 1))), _some_day(at, 1))
    found = next((one for one in _days(schedule, at, held.due_at, range(USUAL_DAYS, 0, -1))), None)
    if found or held.due_at is not None:
        return found
    later = _days(schedule, at, None, range(USUAL_DAYS + 1, MOST_DAYS + 1))
    return next(iter(later), _some_day(at, USUAL_DAYS))


def _some_day(at: datetime, days: int) -> Until:
    return Until(days, clock.local_date(at) + timedelta(days=days))


def _days(schedule: Schedule, at: datetime, due_at: datetime | None, ahead: range) -> list[Until]:
    """Those of the days ahead on which somebody is there, before `due_at`."""
    found = []
    for days in ahead:
        on = clock.local_date(at) + timedelta(days=days)
        begins, ends = (clock.at_wall(one, time()) for one in (on, on + timedelta(days=1)))
        last = ends if due_at is None else min(ends, due_at)
        if staffed_minutes(schedule, begins, last) > 0:
            found.append(Until(days, on, due_at if due_at and staffed_minutes(schedule, last, ends) > 0 else None))
    return found


class Telling:
    """What can be chosen for a case, and what its patient is told with each choice, at an instant."""

    def __init__(self, exchange: Exchange, schedule: Schedule, at: datetime) -> None:
        self._exchange = exchange
        self._schedule = schedule
        self._at = at
        self._goes_on = day_goes_on(schedule, at)

    def until(self, held: Held) -> Until | None:
        """The day of the choice "async", None where it cannot be chosen."""
        return promised_day(self._schedule, self._at, held)

    def texts(self, held: Held | None) -> Mapping[str, str]:
        """By choice the text to the patient, '' where nothing is sent; async's only of a case that is held still."""
        until = self.until(held) if held else None
        return {"async": self._later(held, until) if held and until else "", "queue": self._back(), "stay": ""}

    def _later(self, held: Held, until: Until) -> str:
        whose, hour = "ours" if held.due_at else "theirs", "now" if self._goes_on else "closing"
        return self._exchange.say(f"leaving.tell.async_{whose}_{hour}", date=until.words())

    def _back(self) -> str:
        say = self._exchange.say
        if self._goes_on:
            return say("leaving.tell.queue_now")
        opens = next_opening(self._schedule, self._at)
        if opens and clock.local_date(opens) == clock.local_date(self._at):  # a pause, not the end of the day
            return say("leaving.tell.queue_pause", time=time_inside(opens))
        return say("leaving.tell.queue", date=date_words(clock.local_date(opens)) if opens else say("leaving.next_day"))

    def waits(self, held: Held) -> str:
        """That the patient waits for an answer and until when it is due, '' where it is her turn to speak."""
        if held.due_at is None:
            return ""
        key = "waits_over" if held.due_at <= self._at else "waits"
        return self._exchange.say(f"leaving.{key}", due=moment_words(held.due_at, self._at))

    def warning(self, held: Held) -> str:
        """What is said beside the choice "async" of an urgent case."""
        if held.level > URGENT:
            return ""
        return self._exchange.say("leaving.urgent_owed" if held.due_at else "leaving.urgent", level=held.level)

    def no_async(self, held: Held) -> str:
        """Why "async" cannot be chosen, '' where it can."""
        return "" if self.until(held) else self._exchange.say("leaving.no_async")
