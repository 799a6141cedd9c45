"""The honest clock in words: whether somebody is there now, when next, and when an answer can be expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from linjen.cases.levels import URGENT
from linjen.core import swedish
from linjen.records.promise import Outlook
from linjen.units.hours import (
    Expected,
    State,
    closes_at,
    expected_answer,
    find_closure,
    next_opening,
    staffed_until,
    state_at,
)
from linjen.units.schedule import Schedule

Say = Callable[..., str]

#: The urgency that the home page speaks of: most cases are of this one.
ORDINARY = 3

#: Reasons of an answer that say when reading begins, and so should say when the answer comes, or that nobody knows.
_PROMISING = frozenset({"open", "opens", "reopens"})


_UNKNOWN = Outlook()


class Promise(msgspec.Struct, frozen=True):
    """`now` says who is there, `answer` when an answer can be expected ('' when nothing is known); `kind` the tone."""

    now: str
    answer: str = ""
    kind: Literal["success", "info", "warning"] = "info"
    urgent: bool = False


def staffing_words(
    schedule: Schedule, at: datetime, say: Say, language: str, unit: str, *, named: bool = True
) -> tuple[str, bool]:  # fmt: skip
    """Who is there at `at`, and whether anybody is. Not `named`, for a place where the unit's name stands already."""
    clock_words = "home.clock" if named else "units.clock"
    state, opens = state_at(schedule, at), next_opening(schedule, at)
    # The same hour as the unit's hours say: that somebody stays a while after it is no promise to who writes then.
    until = closes_at(schedule, at) if state is State.OPEN else staffed_until(schedule, at)
    words = {
        "unit": unit,
        "until": swedish.moment_words(until, at, language) if until else "",
        "opens": swedish.moment_words(opens, at, language) if opens else "",
    }
    match state:
        case State.OPEN:
            return say(f"{clock_words}.open", **words), True
        case State.CLOSED_TO_RESIDENTS if opens:
            return say(f"{clock_words}.finishing", **words), True
        case State.TEMPORARILY_CLOSED if opens:
            return say(f"{clock_words}.paused", **words), False
        case _ if opens:
            return say(f"{clock_words}.unstaffed", **words), False
    return say(f"{clock_words}.no_hours", **words), False


def promise_for_new(
    schedule: Schedule, at: datetime, say: Say, language: str, unit: str,
    outlook: Outlook = _UNKNOWN,
) -> Promise:  # fmt: skip
    """What the home page says of a case that would be sent now, as one of ordinary urgency."""
    now, there = staffing_words(schedule, at, say, language, unit)
    expected = expected_answer(schedule, at, ORDINARY, outlook.minutes)
    answer = _answer_words(expected, at, say, language)
    if outlook.usual is None and expected.reason in _PROMISING:
        answer = f"{answer} {say('home.answer.no_figures')}"
    return Promise(now, _with_kept(answer, expected, outlook.kept, say), "success" if there else "info")


def _with_kept(answer: str, expected: Expected, kept: int | None, say: Say) -> str:
    """How often such a promise has held, after one that is made."""
    return answer if kept is None or expected.by_at is None else f"{answer} {say('home.answer.kept', share=kept)}"


def promise_for_waiting(
    schedule: Schedule, sent_at: datetime, at: datetime, urgency: int, say: Say, language: str, unit: str,
    outlook: Outlook = _UNKNOWN, deadline_minutes: int | None = None,
) -> Promise:  # fmt: skip
    """What a waiting case's page says: never a time that has passed, and never one that nobody is there to keep.

    `deadline_minutes` is within which a case of its urgency should be met; for urgency 1–2 the page owns up to it.
    """
    now, there = staffing_words(schedule, at, say, language, unit)
    expected = expected_answer(schedule, sent_at, urgency, outlook.minutes)
    if urgency <= URGENT and _is_late(expected, at, deadline_minutes):
        return Promise(
            now, say("home.waiting.late_life" if urgency == 1 else "home.waiting.late_urgent"), "warning", True
        )
    if expected.by_at is not None and expected.by_at <= at:
        answer = say("home.answer.late")
        return Promise(now, answer, "warning")
    if expected.from_at is not None and expected.from_at <= at and not there:
        # It has begun to be read, but the day is over: what is left is read when somebody is there again.
        expected = msgspec.structs.replace(expected_answer(schedule, at, urgency), by_at=None)
    elif expected.from_at is not None and expected.from_at <= at:
        expected = msgspec.structs.replace(expected, reason="usual" if expected.by_at else "open")
    urgent = urgency <= URGENT
    kind: Literal["success", "info", "warning"] = "warning" if urgent and not there else "success" if there else "info"
    answer = _answer_words(expected, at, say, language, "waiting")
    if not urgent and _is_closed_over(schedule, sent_at, at, deadline_minutes):
        return Promise(now, f"{answer} {say('home.waiting.closed_over')}", "warning")
    if outlook.usual is None and expected.reason in _PROMISING:
        answer = f"{answer} {say('home.answer.no_figures')}"
    return Promise(now, _with_kept(answer, expected, outlook.kept, say), kind, urgent)


def _is_late(expected: Expected, at: datetime, deadline_minutes: int | None) -> bool:
    """Whether more time has gone since somebody could begin to read it than was meant, or than it usually takes."""
    if expected.by_at is not None and expected.by_at <= at:
        return True
    if expected.from_at is None or deadline_minutes is None:
        return False
    return expected.from_at + timedelta(minutes=deadline_minutes) < at


def _is_closed_over(schedule: Schedule, sent_at: datetime, at: datetime, deadline_minutes: int | None) -> bool:
    """Whether the time within which it was to be met falls in a temporary closure that has not ended."""
    if deadline_minutes is None:
        return False
    closure = find_closure(schedule, sent_at + timedelta(minutes=deadline_minutes))
    return closure is not None and closure.until_at > at


def promise_for_dialogue(
    schedule: Schedule, at: datetime, say: Say, language: str, unit: str, name: str, *, is_followed: bool = False
) -> Promise:
    """What the page of a case in somebody's hands says. `is_followed` while that somebody reads along, at any hour."""
    if is_followed:
        return Promise("", say("home.answer.dialogue", name=name), "success")
    now, there = staffing_words(schedule, at, say, language, unit)
    return Promise(now, say("home.answer.dialogue", name=name) if there else "", "success" if there else "info")


def _answer_words(expected: Expected, at: datetime, say: Say, language: str, group: str = "answer") -> str:
    words = {"by_at": swedish.moment_words(expected.by_at, at, language) if expected.by_at else ""}
    text = say(f"home.{group}.{expected.reason}", **words)
    later = expected.reason in {"opens", "opens_urgent", "reopens"}
    return f"{text} {say('home.answer.usually', **words)}" if later and expected.by_at else text
