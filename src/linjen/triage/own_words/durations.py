"""How long something has lasted, as own words say it: "i tre dagar", "sen i måndags", "ett par veckor"."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

import msgspec

from linjen.triage.own_words.quantities import pairs_of, value_of
from linjen.triage.own_words.words import Token, fold, read_lexicon_file

#: Further back, "för … sedan" tells of something that happened once, not of how long this has lasted.
_ONCE_DAYS = 60
_NEAR = 3


class Duration(msgspec.Struct, frozen=True):
    """A number of days, or since a weekday (Monday is 0), with the places of its words; `fever` when it is fever's."""

    days: float | None
    weekday: int | None
    places: tuple[int, ...]
    fever: bool


class _Lists(msgspec.Struct, frozen=True):
    words: dict[str, frozenset[str]]
    units: dict[str, float]
    since: dict[str, float]
    weekdays: dict[str, float]
    few: dict[str, float]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    file = read_lexicon_file("durations.yaml")
    pairs = {name: pairs_of(file.pop(name)) for name in ("units", "since", "weekdays", "few")}
    words = {
        name: frozenset(form for word in text.split() for form in (word, fold(word))) for name, text in file.items()
    }
    return _Lists(words, **pairs)


def find_durations(tokens: Sequence[Token]) -> list[Duration]:
    """Every duration that the words state, in order."""
    forms = [token.form for token in tokens]
    found = []
    for at in range(len(tokens)):
        one = _counted(tokens, forms, at) or _since(tokens, forms, at)
        if one is not None and not _is_about_something_else(tokens, at):
            found.append(one)
    return found


def days_since(weekday: int, today: date) -> int:
    """Days from the last such weekday (Monday is 0) before today: said on a Monday, "i måndags" is a week ago."""
    return (today.weekday() - weekday - 1) % 7 + 1


def _clause(tokens: Sequence[Token], at: int) -> Iterator[int]:
    """The places of the clause that `at` stands in."""
    clause = tokens[at].clause
    first = last = at
    while first > 0 and tokens[first - 1].clause == clause:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].clause == clause:
        last += 1
    return iter(range(first, last + 1))


def _has(tokens: Sequence[Token], places: Iterator[int], name: str) -> bool:
    return any(tokens[place].form in _lists().words[name] for place in places)


def _is_about_something_else(tokens: Sequence[Token], at: int) -> bool:
    return _has(tokens, _clause(tokens, at), "not_about_it")


def _counted(tokens: Sequence[Token], forms: Sequence[str], at: int) -> Duration | None:
    """A unit of time with its number before it: "i tre dagar", "3-4 veckor", "ett par dagar", "haft det två dygn"."""
    per = _lists().units.get(forms[at])
    if per is None or at == 0:
        return None
    number = _lists().few.get(forms[at - 1]) or value_of(forms[at - 1])
    if number is None or number <= 0:
        return None
    first = at - 1
    while first > 0 and at - first < _NEAR and value_of(forms[first - 1]) is not None:
        first -= 1
    days = math.ceil(number * per)
    ago = forms[at + 1 : at + 2] and forms[at + 1] in _lists().words["ago"]
    if ago and days > _ONCE_DAYS:
        return None
    before = [place for place in range(max(0, first - 2), first) if tokens[place].sentence == tokens[at].sentence]
    if before and (forms[before[-1]] == "på" or (forms[before[-1]] == "för" and not ago)):
        return None  # "inte på tre dagar" tells of the time without it, "intyg för två veckor" of what is wanted
    told = any(forms[place] in _lists().words["relation"] for place in before)
    within = (place for place in _clause(tokens, at) if place < first)
    if not told and not _has(tokens, within, "lasting"):
        return None
    start = before[-1] if told and forms[before[-1]] in _lists().words["relation"] else first
    return Duration(float(days), None, tuple(range(start, at + 1)), _is_fever(tokens, at))


def _since(tokens: Sequence[Token], forms: Sequence[str], at: int) -> Duration | None:
    """A day that something began: "sedan i går", "sen i måndags", "började i morse"."""
    days, weekday = _lists().since.get(forms[at]), _lists().weekdays.get(forms[at])
    if days is None and weekday is None:
        return None
    apart = at > 0 and forms[at - 1] == "i"
    if days is not None and not apart and not forms[at].startswith(("i", "y")):
        return None  # "när jag går" is no yesterday
    first = at - 1 if apart else at
    before = [place for place in range(max(0, first - _NEAR), first) if tokens[place].sentence == tokens[at].sentence]
    begun = [place for place in before if forms[place] in _lists().words["begun"]]
    if not begun:
        return None
    return Duration(
        days, None if weekday is None else int(weekday), tuple(range(begun[-1], at + 1)), _is_fever(tokens, at)
    )


def _is_fever(tokens: Sequence[Token], at: int) -> bool:
    return _has(tokens, (place for place in _clause(tokens, at) if place < at), "fever")
