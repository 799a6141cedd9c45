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
from linjen.units.hours import closes_at, next_opening, staffed_minutes, staffed_until
from linjen.units.schedule import Schedule
from linjen.web.clinic.moves.day_end import Unstaffed, day_goes_on, unstaffed_ahead, unstaffed_words
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
        self._unstaffed = unstaffed_ahead(schedule, at)
        opens = next_opening(schedule, at)
        self._opens = opens
        #: A pause, or a night whose morning has the same date: the day is not over.
        self._is_pause = opens is not None and clock.local_date(opens) == clock.local_date(at)

    def until(self, held: Held) -> Until | None:
        """The day of the choice "async", None where it cannot be chosen."""
        return promised_day(self._schedule, self._at, held)

    def choice(self, choice: str, held: Held, *, leaving: bool) -> str:
        """The words of a choice. The queue's name a colleague who goes on only while one is there, else from when."""
        if choice == "stay" and leaving:
            return self._exchange.say("leaving.choice.stay_out")
        if choice == "queue" and staffed_until(self._schedule, self._at) is None:
            key, opens = "queue_later" if self._opens else "queue_only", self._opens
            return self._exchange.say(f"leaving.choice.{key}", opens=moment_words(opens, self._at) if opens else "")
        until = self.until(held) if choice == "async" else None
        return self._exchange.say(f"leaving.choice.{choice}", date=until.words() if until else "")

    def texts(self, held: Held | None) -> Mapping[str, str]:
        """By choice the text to the patient, '' where nothing is sent; async's only of a case that is held still."""
        until = self.until(held) if held else None
        return {"async": self._later(held, until) if held and until else "", "queue": self._back(held), "stay": ""}

    def _later(self, held: Held, until: Until) -> str:
        whose = "ours" if held.due_at else "theirs"
        return self._exchange.say(f"leaving.tell.async_{whose}", why=self._because(), date=until.words())

    def _because(self) -> str:
        """Why she goes, true at the hour: the unit is about to close for the day, it has, or she herself must leave."""
        hour = "now" if self._goes_on or self._is_pause else self._closing()
        return self._exchange.say(f"leaving.tell.because_{hour}")

    def _closing(self) -> str:
        """Whether the unit is about to close or has closed, as its words are named."""
        return "closing" if closes_at(self._schedule, self._at) else "closed"

    def _back(self, held: Held | None) -> str:
        say = self._exchange.say
        if self._goes_on:
            return say("leaving.tell.queue_now")
        # To who cannot wait until then it says where else to turn.
        worse = say(f"leaving.tell.{'sooner' if held and held.level <= URGENT and self.alone(held) else 'worse'}")
        opens = self._opens
        if opens and self._is_pause:
            return f"{say('leaving.tell.queue_pause', time=time_inside(opens))} {worse}"
        date = date_words(clock.local_date(opens)) if opens else say("leaving.next_day")
        return f"{say(f'leaving.tell.queue_{self._closing()}', date=date)} {worse}"

    def alone(self, held: Held) -> str:
        """That nobody is there before an answer is due, and what to do before she goes; '' where somebody is.

        An urgent case is not left to a night either where it is its patient who is to speak.
        """
        gap, is_urgent = self._unstaffed, held.level <= URGENT
        if gap is None or not (is_urgent if held.due_at is None else _is_before(held.due_at, gap)):
            return ""
        say = self._exchange.say
        level = say(f"leaving.alone.{'level' if held.due_at else 'level_kept'}", level=held.level)
        nobody = unstaffed_words(self._exchange, gap, self._at)
        do = say(f"leaving.alone.{'urgent' if is_urgent else 'other'}")
        return " ".join(one for one in (level, self._due(held), nobody, do) if one)

    def waits(self, held: Held) -> str:
        """That the patient waits for an answer and until when it is due, '' where it is her turn to speak, or where the
        warning says it.
        """
        return "" if self.alone(held) else self._due(held)

    def _due(self, held: Held) -> str:
        if held.due_at is None:
            return ""
        key = "waits_over" if held.due_at <= self._at else "waits"
        return self._exchange.say(f"leaving.{key}", due=moment_words(held.due_at, self._at))

    def warning(self, held: Held) -> str:
        """What is said first of all: that nobody is there in time, else what holds for "async" of an urgent case."""
        if words := self.alone(held):
            return words
        if held.level > URGENT:
            return ""
        owed = "urgent_owed" if self._unstaffed is None else "urgent_owed_alone"
        return self._exchange.say(f"leaving.{owed if held.due_at else 'urgent'}", level=held.level)

    def no_async(self, held: Held) -> str:
        """Why "async" cannot be chosen, '' where it can; what to do instead is said once, in the warning if any."""
        if self.until(held):
            return ""
        return self._exchange.say("leaving.no_async_alone" if self.alone(held) else "leaving.no_async")


def _is_before(due_at: datetime, gap: Unstaffed) -> bool:
    return gap.until_at is None or due_at < gap.until_at
