"""Numbers in a free text with their meaning: temperature, pulse, age, week of pregnancy, blood sugar, tablets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from linjen.triage.own_words.expressions import Number
from linjen.triage.own_words.words import Token, fold, read_lexicon_file


class _Kind(msgspec.Struct, frozen=True):
    """A number between `low` and `high` has this meaning when one of `words` stands so near."""

    name: str
    words: str
    low: float
    high: float
    before: int
    after: int
    whole: bool


_KINDS = (
    _Kind("pulse", "pulse", 20, 300, 4, 2, True),
    _Kind("spo2", "saturation", 50, 100, 4, 3, False),
    _Kind("sugar", "sugar", 0.5, 60, 4, 2, False),
    _Kind("ketones", "ketones", 0.3, 15, 4, 1, False),
    _Kind("tablets", "tablets", 1, 400, 0, 2, True),
    _Kind("aday", "a_day", 1, 400, 0, 2, True),
    _Kind("pregweek", "week", 4, 42, 1, 0, True),
)


class _Lists(msgspec.Struct, frozen=True):
    stems: dict[str, tuple[str, ...]]
    whole: dict[str, frozenset[str]]
    values: dict[str, float]
    months: dict[str, float]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    file = read_lexicon_file("quantities.yaml")
    values, months = pairs_of(file.pop("number_words")), pairs_of(file.pop("months_of_unit"))
    words = {name: {form for word in text.split() for form in (word, fold(word))} for name, text in file.items()}
    stems = {name: tuple(sorted(form for form in forms if len(form) > 2)) for name, forms in words.items()}
    return _Lists(stems, {name: frozenset(forms) for name, forms in words.items()}, values, months)


def pairs_of(text: str) -> dict[str, float]:
    """ "word=value" pairs of a lexicon file, each word also as typed without dots and rings."""
    pairs = (pair.split("=") for pair in text.split())
    return {form: float(value) for word, value in pairs for form in (word, fold(word))}


def read_numbers(tokens: Sequence[Token]) -> list[Number]:
    """Every number with a meaning as (kind, value, place). Kinds and units: temp °C, pulse beats a minute, spo2 %,
    sugar and ketones mmol/l, tablets a count, aday so many a day, agemonths of a child, pregweek weeks, minutes of a
    duration."""
    forms = [token.form for token in tokens]
    found: list[Number] = []
    for at, form in enumerate(forms):
        value = value_of(form)
        if value is not None:
            found.extend((kind, value, at) for kind in _kinds(forms, at, value))
            found.extend((kind, value * factor, at) for kind, factor in _by_unit(forms, at))
        elif (months := _joined_months(form)) is not None:
            found.append(("agemonths", months, at))
    return found


def value_of(form: str) -> float | None:
    """The number that a word is, in digits or letters."""
    if form[0].isdecimal():
        return float(form.replace(",", "."))
    return _lists().values.get(form)


@lru_cache(maxsize=4096)
def _joined_months(form: str) -> float | None:
    """Months from "tvåmånaders", "fyra-veckors", "sexveckorsbebis": number and unit written as one word."""
    for word, value in _lists().values.items():
        rest = form.removeprefix(word).lstrip("-")
        if rest != form and len(word) > 2:
            if rest.startswith(("månaders", "manaders")):
                return value
            if rest.startswith("veckors"):
                return value * _lists().months["veckor"]
    return None


def _near(forms: Sequence[str], at: int, name: str, before: int, after: int) -> bool:
    around = [*forms[max(0, at - before) : at], *forms[at + 1 : at + 1 + after]]
    stems, whole = _lists().stems[name], _lists().whole[name]
    return any(form in whole or form.startswith(stems) for form in around)


def _kinds(forms: Sequence[str], at: int, value: float) -> list[str]:
    exact = "," in forms[at] or "." in forms[at]
    kinds = [
        kind.name
        for kind in _KINDS
        if kind.low <= value <= kind.high
        and not (exact and kind.whole)
        and _near(forms, at, kind.words, kind.before, kind.after)
    ]
    # A decimal such as 38,4 is a temperature even without the word.
    told = (exact and value >= 37.5) or _near(forms, at, "fever", 5, 3)
    if 35 <= value < 43 and told and "pregweek" not in kinds:
        kinds.append("temp")
    if "ketones" in kinds and "sugar" in kinds and _near(forms, at, "ketones", 2, 0):
        kinds.remove("sugar")
    return kinds


def _by_unit(forms: Sequence[str], at: int) -> list[tuple[str, float]]:
    """Kinds told by the word after the number, with the factor to their unit."""
    unit = forms[at + 1] if at + 1 < len(forms) else ""
    found = []
    if unit in _lists().months and _is_age(forms, at):
        found.append(("agemonths", _lists().months[unit]))
    if unit.startswith("minut") or unit == "min":
        found.append(("minutes", 1.0))
    if unit.startswith(("timm", "hour")):
        found.append(("minutes", 60.0))
    weeks = unit in {"veckor", "weeks", ":a"} and _near(forms, at, "pregnant", 4, 3)
    if forms[at].isdigit() and (unit == "+" or weeks):
        found.append(("pregweek", 1.0))
    return found


def _is_age(forms: Sequence[str], at: int) -> bool:
    """Whether number and unit tell somebody's age and not how long something has lasted."""
    unit, later = forms[at + 1], forms[at + 2 : at + 4]
    if (later[:1] and later[0] in {"sedan", "sen", "ago"}) or (at and forms[at - 1] in {"sedan", "sen", "i"}):
        return False
    if unit in _lists().whole["age_units"]:
        return True
    # "tre dagars feber", "två veckors hosta" last so long; "fem veckors bebis", "sex dagars flicka" are so old.
    if unit in _lists().whole["joined_units"]:
        return any(form.startswith(_lists().stems["child"]) or form in _lists().whole["old"] for form in later)
    return any(form in _lists().whole["old"] for form in later) or _near(forms, at, "child", 3, 3)
