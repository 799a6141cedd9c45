"""Marginaler: which answers, had they been others, would have ended the interview in another level.

For who reads a case: what was near to being more urgent, and what holds the level where it is. Each change is tried on
the answers and the rules are read anew, so that what is said is what would have come out. Only what was asked is
changed; age, sex and what nobody asked about stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

import msgspec

from linjen.triage.asking.assessment import open_question_rules, unknown_red_flags
from linjen.triage.asking.facts import FactTable, see_facts
from linjen.triage.asking.interview import next_page
from linjen.triage.asking.other_answers import Change, Way, Ways, changed
from linjen.triage.asking.plausible import protocols_in_play
from linjen.triage.asking.standing import LEAST_WITH_UNKNOWN, active_rules, defaults, fired_now
from linjen.triage.content.condition import MAYBE, NO, YES, AtLeast, Compare, Facts, Unknown
from linjen.triage.content.condition_words import condition_words
from linjen.triage.content.library import Protocols, Rule
from linjen.triage.state import State, Value

#: Of each side; more would be a second protocol to read.
MOST = 5
#: Answers that must change together: what needs more is not near.
_MOST_MORE, _MOST_LESS = 2, 4
#: Candidates that are tried for one side.
_MOST_TRIED = 24
#: A number within this part of its limit is near it.
_NEAR = 0.5


class Margin(msgspec.Struct, frozen=True):
    """One other way it could have gone: with `yes` and without `no`, in Swedish words, the level would be `level`.

    `answers` holds the same by code. `is_open` when questions would have been left then, so that the level might have
    become more urgent.
    """

    level: int
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    answers: dict[str, Value] = {}
    is_open: bool = False


class Margins(msgspec.Struct, frozen=True):
    """What would have made it more urgent, the nearest level first, and less urgent; at most five of each."""

    more: tuple[Margin, ...] = ()
    less: tuple[Margin, ...] = ()


def margins(protocols: Protocols, state: State, urgency: int) -> Margins:
    """The margins of an interview that ended in `urgency`; pure, and the same for the same answers everywhere."""
    return Margins(_more(protocols, state, urgency), _less(protocols, state, urgency))


def _level(protocols: Protocols, state: State) -> int:
    """The level of these answers, were everything else asked."""
    rules = [*fired_now(protocols, state), *defaults(protocols, state, see_facts(protocols, state))]
    rules += open_question_rules(unknown_red_flags(protocols, state), [], complete=True)
    return min(rule.level for rule in rules)


def _in_words(protocols: Protocols, state: State, way: Way, level: int, *, is_open: bool = False) -> Margin:
    changes = sorted(way, key=lambda one: one.code)
    yes, no = (tuple(_said(protocols, state, one) for one in changes if one.ends is ends) for ends in (False, True))
    return Margin(level, yes, no, {one.code: one.value for one in changes}, is_open)


def _said(protocols: Protocols, state: State, one: Change) -> str:
    words = condition_words(one.said, protocols.vocabulary, protocols.words)
    unsure = not one.ends and state.answers[one.code] is None
    return f"{words} (besvarat med ”vet inte”)" if unsure else words


# -- more urgent -------------------------------------------------------------------------------------------------------


def _more(protocols: Protocols, state: State, urgency: int) -> tuple[Margin, ...]:
    if urgency == 1:
        return ()
    facts = see_facts(protocols, state)
    found: dict[Way, Margin] = {}
    for most in range(1, _MOST_MORE + 1):  # one answer is nearer than two, and nearly always there are enough
        if len(found) == MOST:
            break
        for way in islice(_nearest(protocols, state, facts, urgency, most), _MOST_TRIED):
            level = _level(protocols, changed(protocols, state, way))
            if level < urgency and not any(other <= way and one.level <= level for other, one in found.items()):
                found[way] = _in_words(protocols, state, way, level)
            if len(found) == MOST:
                break
    return tuple(sorted(found.values(), key=lambda one: -one.level))


def _nearest(protocols: Protocols, state: State, facts: FactTable, urgency: int, most: int) -> Iterable[Way]:
    """The ways to a more urgent rule with at most so many answers, the nearest first."""
    reasons = protocols_in_play(protocols, state, facts)
    own = frozenset().union(*(reason.codes for reason in reasons))
    place = {code: number for number, code in enumerate(state.answers)}
    ways = Ways(protocols, state, facts, most)
    ranked: dict[Way, tuple[object, ...]] = {}
    for rule in active_rules(protocols, reasons, state.answers):
        if rule.level >= urgency or rule.span(facts, state.answers)[1] != YES:
            continue
        for way in ways.to(rule.node, hold=True):
            if way:
                key = _rank(state, facts, rule, way, urgency), *_order(way, own, place), rule.id
                ranked[way] = min(ranked.get(way, key), key)
    return sorted(ranked, key=lambda way: ranked[way])


def _rank(state: State, facts: Facts, rule: Rule, way: Way, urgency: int) -> tuple[float, ...]:
    """Fewest answers first; then what is half held, unsure or nearly so; then the next level."""
    codes = {one.code for one in way}
    held = any(facts.get(code) not in {None, NO} for code in rule.codes - codes)
    gap = sum(_gap(state, one) for one in way)
    unsure = any(state.answers[one.code] is None for one in way)
    numbers = any(isinstance(one.said, Compare) for one in way)
    near = held or unsure or (numbers and gap <= _NEAR)
    return len(way), not near, urgency - rule.level, gap


def _gap(state: State, one: Change) -> float:
    """How far a number is from its limit, as a part of the limit; 0 for what is no number, 1 for one nobody knows."""
    if not isinstance(one.said, Compare):
        return 0.0
    value = state.answers[one.code]
    return abs(float(value) - one.said.limit) / max(1.0, abs(one.said.limit)) if value is not None else 1.0


def _order(way: Way, own: frozenset[str], place: Mapping[str, int]) -> tuple[bool, tuple[int, ...], tuple[str, ...]]:
    """What the reasons in play ask for before what everybody is asked, then as the interview went."""
    codes = sorted((one.code for one in way), key=lambda code: place[code])
    return own.isdisjoint(codes), tuple(place[code] for code in codes), tuple(repr(one.value) for one in way)


# -- less urgent -------------------------------------------------------------------------------------------------------


def _less(protocols: Protocols, state: State, urgency: int) -> tuple[Margin, ...]:
    facts = see_facts(protocols, state)
    if any(one.level == urgency for one in defaults(protocols, state, facts)):
        return ()
    reasons = protocols_in_play(protocols, state, facts)
    holding = [rule.node for rule in active_rules(protocols, reasons, facts) if _fires_at(rule, facts) == urgency]
    unknown = unknown_red_flags(protocols, state)
    if unknown and urgency == LEAST_WITH_UNKNOWN:
        holding += [Unknown(code) for code in unknown]
    if not holding:
        return ()
    found: list[Margin] = []
    for way in Ways(protocols, state, facts, _MOST_LESS).to(AtLeast(1, tuple(holding)), hold=False):
        after = changed(protocols, state, way)
        level = _level(protocols, after)
        if level > urgency:
            found.append(_in_words(protocols, state, way, level, is_open=next_page(protocols, after) is not None))
        if len(found) == MOST:
            break
    return tuple(found)


def _fires_at(rule: Rule, facts: Facts) -> int:
    truth = rule.test(facts)
    return rule.level if truth == YES else min(rule.level + 1, LEAST_WITH_UNKNOWN) if truth == MAYBE else 0
