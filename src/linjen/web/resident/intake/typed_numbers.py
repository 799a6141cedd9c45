"""Tal som de skrivs: "3", "3,5", "två dagar", "ca 3" and "2-3" read as a number in the unit of their field."""

from __future__ import annotations

import re
from functools import cache

_WORDS = {
    word: value
    for value, words in enumerate(
        ("ett en one", "två tva two", "tre three", "fyra four", "fem five", "sex six", "sju seven", "åtta atta eight",
         "nio nine", "tio ten", "elva eleven", "tolv twelve"), 1,
    )
    for word in words.split()
}  # fmt: skip

#: What people write for a unit, by the unit that stands beside the field, in Swedish and English. Another unit than
#: the field's own ("3 veckor" where days are asked for) is never taken for it.
_UNITS = {
    unit: spellings
    for units, spellings in (
        ("dagar|days", "dag|dagar|dygn|d|day|days"),
        ("timmar|hours", "timme|timmar|tim|h|hour|hours"),
        ("minuter|minutes", "minut|minuter|min|minute|minutes"),
        ("vecka|veckor|week|weeks", "vecka|veckan|veckor|v|week|weeks"),
        ("månader|months", "mån|månad|månader|month|months"),
        ("°C", "grader|grad|°|°c|c|degrees"),
        ("%", "%|procent|percent"),
        ("slag/min|beats a minute", "slag|slag/min|slag per minut|slag i minuten|bpm|beats|beats a minute"),
        ("mmHg", "mmhg|mm hg"),
        ("mmol/L", "mmol|mmol/l"),
        ("ggr/dygn|times a day", "ggr|gång|gånger|ggr/dygn|gånger per dygn|gånger om dagen|times|times a day"),
        ("handflator|palms", "handflata|handflator|palm|palms"),
        ("cm", "cm|centimeter|centimetres|centimeters"),
        ("standardglas/vecka|standard drinks a week", "glas|standardglas|glas i veckan|drinks|drinks a week"),
        ("(0–10)", "av 10|/10|of 10|out of 10"),
    )
    for unit in units.split("|")
}

#: Where the larger of "2-3" is never the milder answer. Of hours since something, oxygen or blood pressure the smaller
#: may be the graver one, so there she is asked for one number.
_LARGER = frozenset(
    ("dagar", "days", "ggr/dygn", "times a day", "handflator", "palms", "cm", "standardglas/vecka",
     "standard drinks a week", "(0–10)")
)  # fmt: skip

_LONGEST = 60
_ABOUT = r"(?:(?:i|for|ca|ca\.|c:a|cirka|ungefär|omkring|runt|typ|about|around|approximately|roughly)\s+|~\s*)*"
_NUMBER = r"(?:\d{1,3}(?: \d{3})+|\d+(?:\s?[.,]\s?\d+)?|[.,]\d+|" + "|".join(_WORDS) + ")"
_TO = r"\s*(?:-|–|—|\btill\b|\beller\b|\bto\b|\bor\b|\bà\b)\s*"
_AFTER = r"(?:\s+(?:sedan|sen|ago|nu|now))?"


def read_typed(typed: str, unit: str) -> float | None:
    """The number of a field whose unit is shown as `unit`; None for what cannot be read for certain.

    >>> [read_typed(text, "dagar") for text in ("3", "två dagar", "ca 3,5", "2-3", "3 veckor", "några")]
    [3.0, 2.0, 3.5, 3.0, None, None]
    """
    text = " ".join(typed.lower().split()).rstrip(".!")
    match = _pattern(unit).fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    first, second = _value(match["first"]), match["second"]
    if second is None:
        return first
    return max(first, _value(second)) if unit in _LARGER else None


@cache
def _pattern(unit: str) -> re.Pattern[str]:
    spellings = [*_UNITS.get(unit, "").split("|"), unit.lower()]
    own = "|".join(re.escape(one) for one in sorted({one for one in spellings if one}, key=len, reverse=True))
    unit_part = rf"(?:(?:{own})\.?)" if own else "(?:)"
    return re.compile(
        rf"{_ABOUT}(?:{unit_part}\s+)?(?P<first>{_NUMBER})(?:{_TO}(?P<second>{_NUMBER}))?"
        rf"(?:(?<=\d)\s*{unit_part}|\s+{unit_part})?{_AFTER}"
    )


def _value(text: str) -> float:
    return float(_WORDS[text]) if text in _WORDS else float(re.sub(r"\s", "", text).replace(",", "."))
