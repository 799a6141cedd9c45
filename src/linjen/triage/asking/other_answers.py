"""Andra svar: the smallest changes of what was answered that make a condition hold, or not hold any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import TypeAlias

import msgspec

from linjen.triage.content.condition import (
    MAYBE,
    NO,
    YES,
    AtLeast,
    Compare,
    Facts,
    Flag,
    Node,
    Not,
    OneOf,
    Unknown,
    compiled,
)
from linjen.triage.content.library import Protocols
from linjen.triage.state import State, Value

_MOST_WAYS = 16


@dataclass(frozen=True)
class Change:
    """Another answer to one code; `said` is the condition that it meets, or that it ends when `ends`."""

    code: str
    value: Value
    said: Node
    ends: bool


#: Answers that change together.
Way: TypeAlias = frozenset[Change]
#: The way to what is so already.
AS_IT_IS: Way = frozenset()


class Ways:
    """The smallest changes of answers that make a condition hold, or not hold."""

    def __init__(self, protocols: Protocols, state: State, facts: Facts, most: int) -> None:
        self._protocols, self._answers, self._facts, self._most = protocols, state.answers, facts, most

    def to(self, node: Node, *, hold: bool) -> list[Way]:
        """Each way, the smallest first; one that is empty when it is so already, none when no answer can do it."""
        match node:
            case Not(part):
                return self.to(part, hold=not hold)
            case AtLeast(least, parts):
                needed = least if hold else len(parts) - least + 1
                return self._several([self.to(part, hold=hold) for part in parts], needed)
        truth = compiled(node)(self._facts)
        if truth == (YES if hold else NO):
            return [AS_IT_IS]
        return self._to_hold(node) if hold else self._to_end(node)

    def _several(self, parts: Sequence[list[Way]], needed: int) -> list[Way]:
        needed -= sum(AS_IT_IS in ways for ways in parts)
        if needed <= 0:
            return [AS_IT_IS]
        left = [ways for ways in parts if ways and AS_IT_IS not in ways]
        if needed > min(self._most, len(left)):
            return []
        joined = (frozenset().union(*ways) for some in combinations(left, needed) for ways in product(*some))
        fitting = (way for way in joined if len(way) <= self._most and len({one.code for one in way}) == len(way))
        return sorted(dict.fromkeys(islice(fitting, 4 * _MOST_WAYS)), key=len)[:_MOST_WAYS]

    def _to_hold(self, node: Node) -> list[Way]:
        match node:
            case Flag(code) if code in self._answers:
                return [frozenset((Change(code, True, node, ends=False),))]
            case Compare(code, sign, limit) if code in self._answers:
                beside = limit + {">": 1, "<": -1}.get(sign, 0)
                return [frozenset((Change(code, beside, node, ends=False),))]
            case OneOf(code, values) if code in self._answers:
                return [frozenset((Change(code, one, OneOf(code, (one,)), ends=False),)) for one in values]
        return []

    def _to_end(self, node: Node) -> list[Way]:
        match node:
            case Flag(code):
                said = Unknown(code) if self._facts.get(code) == MAYBE else node
                if code in self._answers:
                    return [frozenset((Change(code, False, said, ends=True),))]
                return self._to_end_what_implies(code)
            case Unknown(code):
                return self._to_know(node, code)
            case Compare(code) if code in self._answers:
                return [frozenset((Change(code, None, node, ends=True),))]
            case OneOf(code) if code in self._answers:
                now = OneOf(code, (str(self._answers[code]),))
                return [frozenset((Change(code, None, now, ends=True),))]
        return []

    def _to_know(self, node: Node, code: str) -> list[Way]:
        """A "vet inte" to a question ends with a no, to a choice with each value; to a number with nothing."""
        finding = self._protocols.vocabulary.findings[code]
        if finding.type == "bool":
            return [frozenset((Change(code, False, node, ends=True),))]
        values = finding.values if finding.type == "enum" else ()
        return [frozenset((Change(code, one, OneOf(code, (one,)), ends=False),)) for one in values]

    def _to_end_what_implies(self, code: str) -> list[Way]:
        """A finding that follows from others ends with all of them; one that a chosen reason means cannot end."""
        above = self._protocols.vocabulary.ancestors
        sources = [one for one, value in self._answers.items() if value is True and code in above(one)]
        way = frozenset(Change(one, False, Flag(one), ends=True) for one in sources)
        return [way] if 0 < len(way) <= self._most else []


def changed(protocols: Protocols, state: State, way: Way) -> State:
    """The interview with these answers: a yes means its parents, and with a no goes what implies it."""
    answers, above = dict(state.answers), protocols.vocabulary.ancestors
    for one in way:
        answers[one.code] = one.value
        if one.value is True:
            answers.update({parent: True for parent in above(one.code) if parent in answers})
        elif one.value is False:
            answers.update(
                {code: False for code, value in answers.items() if value is True and one.code in above(code)}
            )
    return msgspec.structs.replace(state, answers=answers)
