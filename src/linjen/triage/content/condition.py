"""Conditions of rules: a strict little grammar, parsed to a tree and compiled to closures with three truth values.

    expression  = conjunction { "or" conjunction }
    conjunction = negation { "and" negation }
    negation    = "not" negation | atom
    atom        = "(" expression ")" | "any" list | "all" list | "count" list ">=" whole number
                | "unknown" "(" code ")" | code | code compare value | code "in" list
                | "age_years" compare number | "male" | "female" | "by_self" | term

The truth values are NO = 0, MAYBE = 1, YES = 2. MAYBE comes only from a warning sign answered "vet inte", so `and` is
min, `or` is max and `not` is 2 - x (Kleene's logic): what is certain stays certain whatever the unknown turns out to
be.
A comparison with an unknown number or choice is NO. Nothing here evaluates text as Python.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from linjen.core.errors import Invalid
from linjen.triage.vocabulary import Finding

NO, MAYBE, YES = 0, 1, 2
Facts = Mapping[str, int | float | str]
Test = Callable[[Facts], int]

_TOKEN = re.compile(
    r"\s*(?:(>=|<=|==|>|<|\(|\)|,)|(-?\d+(?:\.\d+)?)(?![\w.])|([a-zåäö_][a-zåäö0-9_]*(?:\.[a-z0-9_]+)?))"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
_WORDS = frozenset(
    {"and", "or", "not", "in", "any", "all", "count", "unknown", "age_years", "male", "female", "by_self"}
)
#: A condition is read by a person: what goes beyond this is a mistake, or meant to be heavy.
_LONGEST, _DEEPEST, _MOST_PARTS = 4000, 20, 2000
PATIENT = "age_years"
SEX = "sex"
WRITER = "writer"
UNKNOWN = "unknown:"  # prefix of the fact that a code was answered "vet inte"


@dataclass(frozen=True)
class Flag:
    """A yes/no code that is yes."""

    code: str


@dataclass(frozen=True)
class Compare:
    """A number, or the age in years, held against a limit."""

    code: str
    sign: str
    limit: float


@dataclass(frozen=True)
class OneOf:
    """A choice that is one of some values; also used for the patient's sex and for who writes."""

    code: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """A code that was answered "vet inte"."""

    code: str


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: Node


@dataclass(frozen=True)
class AtLeast:
    """At least `least` of the parts hold; `and` is all of them, `or` is one."""

    least: int
    parts: tuple[Node, ...]


Node = Flag | Compare | OneOf | Unknown | Not | AtLeast


def _wrong(why: str, text: str) -> Invalid:
    return Invalid("bad_condition", why=why, condition=text)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong(f"cannot read {text[at:].strip()[:20]!r}", text)
        found.append(match[1] or match[2] or match[3])
        at = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str, findings: Mapping[str, Finding], terms: Mapping[str, Node]) -> None:
        self.text, self.findings, self.terms = text, findings, terms
        self.tokens, self.at, self.depth = _tokens(text), 0, 0

    def wrong(self, why: str) -> Invalid:
        return _wrong(why, self.text)

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise self.wrong(f"expected {wanted or 'more'!r}, found {token or 'the end'!r}")
        self.at += 1
        return token

    def whole(self) -> Node:
        node = self.expression()
        if self.peek():
            raise self.wrong(f"{self.peek()!r} is left over")
        return node

    def expression(self) -> Node:
        parts = [self.conjunction()]
        while self.peek() == "or":
            self.take()
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else AtLeast(1, tuple(parts))

    def conjunction(self) -> Node:
        parts = [self.negation()]
        while self.peek() == "and":
            self.take()
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else AtLeast(len(parts), tuple(parts))

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong(f"nested deeper than {_DEEPEST} levels")
        node: Node
        if self.peek() == "not":
            self.take()
            node = Not(self.negation())
        else:
            node = self.atom()
        self.depth -= 1
        return node

    def atom(self) -> Node:
        token = self.take()
        if token == "(":  # noqa: S105 - a parenthesis is no password
            node = self.expression()
            self.take(")")
            return node
        if token in ("any", "all", "count"):
            return self.several(token)
        if token == "unknown":  # noqa: S105
            self.take("(")
            code = self.take()
            self.take(")")
            if code not in self.findings:
                raise self.wrong(f"unknown finding code {code}")
            return Unknown(code)
        if token in ("male", "female"):
            return OneOf(SEX, (token,))
        if token == "by_self":  # noqa: S105
            return OneOf(WRITER, ("self",))
        if token == PATIENT:
            return self.compare(token)
        if token in self.terms:
            return self.terms[token]
        return self.finding(token)

    def several(self, word: str) -> Node:
        self.take("(")
        parts = [self.expression()]
        while self.peek() == ",":
            self.take()
            parts.append(self.expression())
        self.take(")")
        if word == "any":
            return AtLeast(1, tuple(parts))
        if word == "all":
            return AtLeast(len(parts), tuple(parts))
        self.take(">=")
        least = self.take()
        if not least.isdigit() or not 1 <= int(least) <= len(parts):
            raise self.wrong(f"count needs a whole number between 1 and {len(parts)}")
        return AtLeast(int(least), tuple(parts))

    def compare(self, code: str) -> Node:
        sign = self.peek()
        if sign not in _COMPARE:
            raise self.wrong(f"{code} is a number and needs a comparison")
        self.take()
        try:
            return Compare(code, sign, float(self.take()))
        except ValueError:
            raise self.wrong(f"{code} is compared with something that is no number") from None

    def finding(self, code: str) -> Node:
        found = self.findings.get(code)
        if found is None:
            raise self.wrong(f"unknown finding code or term {code}")
        if found.type == "number":
            return self.compare(code)
        if found.type == "enum":
            return self.choice(found)
        if found.type == "text":
            raise self.wrong(f"{code} is free text and cannot be tested")
        if self.peek() in _COMPARE or self.peek() == "in":
            raise self.wrong(f"{code} is answered yes or no and takes no comparison")
        return Flag(code)

    def choice(self, found: Finding) -> Node:
        sign = self.peek()
        if sign == "==":
            self.take()
            values = [self.take()]
        elif sign == "in":
            self.take()
            self.take("(")
            values = [self.take()]
            while self.peek() == ",":
                self.take()
                values.append(self.take())
            self.take(")")
        else:
            raise self.wrong(f"{found.code} is a choice and needs == or in")
        strange = [value for value in values if value not in found.values]
        if strange:
            raise self.wrong(f"{found.code} has no value {strange[0]}")
        return OneOf(found.code, tuple(values))


def parse(text: str, findings: Mapping[str, Finding], terms: Mapping[str, Node] | None = None) -> Node:
    """Parse one condition. Raises Invalid("bad_condition") with `why` when it breaks the grammar or the vocabulary."""
    if len(text) > _LONGEST:
        raise _wrong(f"longer than {_LONGEST} characters", text[:80])
    node = _Parser(text, findings, terms or {}).whole()
    if len(list(islice(walk(node), _MOST_PARTS + 1))) > _MOST_PARTS:  # terms that double each other
        raise _wrong(f"more than {_MOST_PARTS} parts, with its terms written out", text)
    return node


def is_term_name(name: str) -> bool:
    """May this be the name of a term: one plain word that means nothing else?"""
    return re.fullmatch(r"[a-zåäö_][a-zåäö0-9_]*", name) is not None and name not in _WORDS


def compiled(node: Node) -> Test:
    """The condition as a function of the facts; see `facts.py` for what the facts hold."""
    match node:
        case Flag(code):
            return lambda facts: facts.get(code, NO)  # type: ignore[return-value]
        case Compare(code, sign, limit):
            return _compiled_compare(code, _COMPARE[sign], limit)
        case OneOf(code, values):
            wanted = frozenset(values)
            return lambda facts: YES if facts.get(code) in wanted else NO
        case Unknown(code):
            key = UNKNOWN + code
            return lambda facts: YES if key in facts else NO
        case Not(part):
            inner = compiled(part)
            return lambda facts: YES - inner(facts)
        case AtLeast(least, parts):
            return _compiled_at_least(least, tuple(compiled(part) for part in parts))


def _compiled_compare(code: str, holds: Callable[[float, float], bool], limit: float) -> Test:
    def test(facts: Facts) -> int:
        value = facts.get(code)
        return YES if value is not None and holds(value, limit) else NO  # type: ignore[arg-type]

    return test


def _compiled_at_least(least: int, tests: tuple[Test, ...]) -> Test:
    if least == len(tests):
        return _compiled_all(tests)
    if least == 1:
        return _compiled_any(tests)
    # The least'th best of the parts: YES when that many are certain, MAYBE when that many are possible.
    return lambda facts: sorted([test(facts) for test in tests], reverse=True)[least - 1]


def _compiled_all(tests: tuple[Test, ...]) -> Test:
    def test(facts: Facts) -> int:
        least = YES
        for part in tests:
            truth = part(facts)
            if truth < least:
                if truth == NO:
                    return NO
                least = truth
        return least

    return test


def _compiled_any(tests: tuple[Test, ...]) -> Test:
    def test(facts: Facts) -> int:
        most = NO
        for part in tests:
            truth = part(facts)
            if truth > most:
                if truth == YES:
                    return YES
                most = truth
        return most

    return test


def walk(node: Node, *, negated: bool = False) -> Iterator[tuple[Node, bool]]:
    """Every leaf with whether it stands under an odd number of `not`."""
    match node:
        case Not(part):
            yield from walk(part, negated=not negated)
        case AtLeast(_, parts):
            for part in parts:
                yield from walk(part, negated=negated)
        case _:
            yield node, negated


def codes_of(node: Node) -> frozenset[str]:
    """The finding codes that the condition looks at."""
    leaves = (leaf for leaf, _ in walk(node))
    found = {leaf.code for leaf in leaves if not isinstance(leaf, Not | AtLeast)}
    return frozenset(found - {PATIENT, SEX, WRITER})
