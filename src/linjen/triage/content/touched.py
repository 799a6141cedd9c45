"""Which rules may hold: found by the codes of which something is known, instead of trying every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from linjen.triage.content.condition import NO, PATIENT, SEX, UNKNOWN, WRITER
from linjen.triage.content.reach import Span

_OF_PATIENT = frozenset((PATIENT, SEX, WRITER))


class Conditional(Protocol):
    """What has a condition: the codes it looks at, and how far it may come."""

    @property
    def codes(self) -> frozenset[str]:
        """The finding codes of the condition."""

    @property
    def span(self) -> Span:
        """The condition's span."""


Rule = TypeVar("Rule", bound=Conditional)


class Touched(Generic[Rule]):
    """Rules by the codes that they look at.

    Where nothing is known of any of its codes, or a plain no, which is the same, a rule can hold only by what it says
    of the patient or by a `not`. Those that can are always among the touched.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._anyway: list[int] = []
        self._by_code: dict[str, list[int]] = {}
        for place, rule in enumerate(rules):
            if rule.span({}, _OF_PATIENT)[1] != NO:
                self._anyway.append(place)
                continue
            for code in rule.codes:
                self._by_code.setdefault(code, []).append(place)

    def by(self, facts: Mapping[str, int | float | str]) -> list[Rule]:
        """The rules that may hold, in their order."""
        places = set(self._anyway)
        for name, value in facts.items():
            if type(value) is not int or value != NO:  # a number may be 0.0, which is known
                places.update(self._by_code.get(name.removeprefix(UNKNOWN), ()))
        return [self._rules[place] for place in sorted(places)]
