"""A condition in Swedish words: "feber och (kräkningar eller diarré)", with the vocabulary's names and the labels.

Diff, editor and the explanation of a case share it. Only the tree is read, so two conditions that mean the same are
worded the same. Terms of the risk file stand written out: what counts is what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from linjen.triage.content.condition import PATIENT, SEX, WRITER, AtLeast, Compare, Flag, Node, Not, OneOf, Unknown
from linjen.triage.content.shape import Words
from linjen.triage.vocabulary import Vocabulary

_SIGNS = {">=": "minst", "<=": "högst", ">": "mer än", "<": "mindre än", "==": "precis"}
_AGES = {
    ">=": "minst {age} gammal", "<=": "högst {age} gammal", ">": "äldre än {age}", "<": "yngre än {age}",
    "==": "precis {age} gammal",
}  # fmt: skip
_PATIENTS = {"male": "man", "female": "kvinna", "self": "skriver själv"}
_MONTHS = "child.age_months"
_JOINED = re.compile(r"\b(eller|och)\b|,")


def condition_words(node: Node, known: Vocabulary, words: Mapping[str, Words]) -> str:
    """The condition in words, lower-case and without a full stop. `words` holds the labels of choices, by code."""
    return _Speech(known, words).whole(node)


def number_words(value: float) -> str:
    """A number as it is written in Swedish.

    >>> number_words(38.5), number_words(3.0)
    ('38,5', '3')
    """
    return f"{value:g}".replace(".", ",")


def listed(parts: Sequence[str], word: str) -> str:
    """The parts as a list with `word` before the last.

    >>> listed(["feber", "hosta", "snuva"], "eller")
    'feber, hosta eller snuva'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


class _Speech:
    """Words nodes with one vocabulary and its labels."""

    def __init__(self, known: Vocabulary, words: Mapping[str, Words]) -> None:
        self.known, self.words = known, words

    def whole(self, node: Node) -> str:
        """A node that stands alone."""
        match node:
            case Flag(code):
                return self.name(code)
            case Compare(code, sign, limit):
                return self.compare(code, sign, limit)
            case OneOf(code, values):
                return self.choice(code, values)
            case Unknown(code):
                return f"”vet inte” på {self.name(code)}"
            case Not(part):
                return f"inte {self.part(part)}"
            case AtLeast(least, parts):
                return self.several(least, parts)

    def part(self, node: Node) -> str:
        """A node inside another: in parentheses where it holds several parts, quoted where its name sounds so."""
        said = self.whole(node)
        if isinstance(node, AtLeast) and len(node.parts) > 1:
            return f"({said})"
        return f"’{said}’" if isinstance(node, Flag) and _JOINED.search(said) else said

    def several(self, least: int, parts: Sequence[Node]) -> str:
        if len(parts) == 1:
            return self.whole(parts[0])
        if least == len(parts):
            return listed([self.part(part) for part in _flat(parts, every=True)], "och")
        if least == 1:
            return listed([self.part(part) for part in _flat(parts, every=False)], "eller")
        return f"minst {least} av {len(parts)}: {listed([self.part(part) for part in parts], 'och')}"

    def name(self, code: str) -> str:
        """A code's name inside a sentence; an abbreviation keeps its capitals."""
        name = self.known.findings[code].name if code in self.known.findings else code
        return name if name[1:2].isupper() or not name[1:2].isalpha() else name[:1].lower() + name[1:]

    def compare(self, code: str, sign: str, limit: float) -> str:
        if code == PATIENT:
            return _AGES[sign].format(age=_years(limit))
        if code == _MONTHS:
            return _AGES[sign].format(age=_months(limit))
        unit = self.known.findings[code].unit
        said = f"{self.name(code)} {_SIGNS[sign]} {number_words(limit)}"
        # A scale is no unit, and the name often says the unit already.
        return said if not unit or unit[:1].isdigit() or unit in self.name(code) else f"{said} {unit}"

    def choice(self, code: str, values: Sequence[str]) -> str:
        if code in {SEX, WRITER}:
            return listed([_PATIENTS[value] for value in values], "eller") if values else "ingen"
        labels = self.words[code].labels if code in self.words else {}
        said = [f"”{labels.get(value, value)}”" for value in values]
        return f"{self.name(code)}: {listed(said, 'eller')}"


def _flat(parts: Sequence[Node], *, every: bool) -> list[Node]:
    """The parts with those of an "and" inside an "and", or of an "or" inside an "or", in their place."""
    found: list[Node] = []
    for part in parts:
        same = isinstance(part, AtLeast) and part.least == (len(part.parts) if every else 1)
        found += _flat(part.parts, every=every) if isinstance(part, AtLeast) and same else [part]
    return found


def _years(limit: float) -> str:
    """An age in years; below one, or between whole years, in months."""
    if limit < 1 or limit != int(limit):
        return _months(round(limit * 12, 1))
    return f"{number_words(limit)} år"


def _months(limit: float) -> str:
    return f"{number_words(limit)} {'månad' if limit == 1 else 'månader'}"
