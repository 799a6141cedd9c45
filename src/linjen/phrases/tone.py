"""Tips om texten: the routine's way of writing in a chat as gentle hints, never a hindrance (F069–F071).

Pure, and the only source: the page's script gets the same tables and patterns as JSON (`as_data`), in a regular
language that Python and browsers read alike, and a test holds the two against each other.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from linjen.core.swedish import date_words

#: A sentence with more words than this is called long.
MOST_WORDS: Final = 25

_LETTER = "0-9A-Za-zÅÄÖåäöÉéÜü"
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
#: What looks like day and month and is none.
_NO_DATES = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (24, 7)})

#: name -> pattern; read with "ignore case" by both. Groups are numbered, and what they mean stands beside each reader.
PATTERNS: Final = {
    "iso_date": r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])",
    "slash_date": r"(?<![\d/.,])(\d{1,2})/(\d{1,2})(?:[ /-](\d{4}))?(?![\d/])",
    "dot_date": r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d|\.\d)",
    "short_month": rf"(?<![\d{_LETTER}])(\d{{1,2}}) ({'|'.join(_MONTHS)})t?\.?(?: (\d{{4}}))?(?![{_LETTER}])",
    "time": (
        rf"(?<![{_LETTER}.,:/-])(?:(kl\.?|klockan) {{0,2}})?(\d{{1,2}})(?:([.:])(\d{{2}}))?"
        rf"(?: ?[-–] ?(\d{{1,2}})(?:[.:](\d{{2}}))?)?(?![{_LETTER}]|[.:,/-]\d)"
    ),
    "right_time": r"kl\. \d{2}\.\d{2}(?:[-–]\d{2}\.\d{2})?",
    "compare": r"([<>])(?= ?\d)",
    "smiley": r"(?<![0-9A-Za-z])[:;]-?[)(DP](?![0-9A-Za-z])|[😀-🙏🌀-🗿🤀-🫿☀-✒✖-➿]",
    "sentence_end": r"[.!?]+(?=\s|$)|\n",
    "word": rf"[{_LETTER}]+(?:[.:-][{_LETTER}]+)*",
}
_READ = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in PATTERNS.items()}


class Hint(msgspec.Struct, frozen=True):
    """One hint: its kind, what was found at [start, end) in characters, and what may stand there instead, or ''.

    Kinds: negative, unsure, should, jargon, system, symbol, smiley, date, time, long.
    """

    kind: str
    found: str
    instead: str
    start: int
    end: int


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("tone.toml").read_text("utf-8"))


def _whole(words: Iterable[str]) -> str:
    """A pattern for any of these as whole words, the longest first."""
    escaped = (re.sub(r"([.])", r"\\\1", word) for word in sorted(words, key=lambda word: (-len(word), word)))
    return rf"(?<![{_LETTER}])({'|'.join(escaped)})(?![{_LETTER}])"


@cache
def _word_rules() -> list[tuple[str, str, bool, dict[str, str]]]:
    """(kind, pattern, whether case matters, what may stand instead) of each table."""
    tables = _tables()
    plain = [(kind, dict.fromkeys(tables[kind], "")) for kind in ("negative", "unsure", "should")]
    rules = [(kind, _whole(words), False, words) for kind, words in (*plain, ("jargon", tables["jargon"]))]
    rules.append(("jargon", _whole(tables["capitals"]), True, tables["capitals"]))
    rules.append(("system", _whole(tables["systems"]), False, tables["systems"]))
    signs = "|".join(
        sorted((re.sub(r"([.+*?])", r"\\\1", one) for one in tables["symbols"]), key=lambda s: (-len(s), s))
    )
    rules.append(("symbol", f"({signs})", True, tables["symbols"]))
    return rules


def as_data() -> dict[str, Any]:
    """Everything that static/js/tone.js needs to find the same hints."""
    return {
        "words": [{"kind": kind, "find": find, "exact": exact, "instead": instead}
                  for kind, find, exact, instead in _word_rules()],
        "patterns": PATTERNS, "no_dates": [f"{day}/{month}" for day, month in sorted(_NO_DATES)],
        "months": [date_words(date(2023, month, 1)).split()[1] for month in range(1, 13)],
        "short_months": list(_MONTHS), "most_words": MOST_WORDS,
    }  # fmt: skip


@cache
def _compiled() -> list[tuple[str, re.Pattern[str], Mapping[str, str]]]:
    return [(kind, re.compile(find, 0 if exact else re.IGNORECASE), instead)
            for kind, find, exact, instead in _word_rules()]  # fmt: skip


def find_hints(text: str, today: date) -> list[Hint]:
    """The hints for a text in its order, each word and fault once. `today` gives a year that is left out."""
    found = [*_words(text), *_dates(text, today), *_times(text), *_signs(text), *_long(text)]
    found.sort(key=lambda hint: (hint.start, -hint.end))
    kept: list[Hint] = []
    seen: set[tuple[str, str]] = set()
    for hint in found:
        inside = kept and hint.kind != "long" and kept[-1].kind != "long" and hint.start < kept[-1].end
        if inside or (hint.kind, hint.found.lower()) in seen:
            continue
        seen.add((hint.kind, hint.found.lower()))
        kept.append(hint)
    return kept


def _words(text: str) -> Iterator[Hint]:
    for kind, pattern, instead in _compiled():
        for one in pattern.finditer(text):
            word = instead.get(one[0]) or instead.get(one[0].lower(), "")
            yield Hint(kind, one[0], word if kind == "system" else _as_begun(one[0], word), *one.span())


def _as_begun(found: str, instead: str) -> str:
    """With a capital where a word stood that began with one and went on small."""
    begun = len(found) > 1 and found[0].isupper() and found[1:].islower()
    return instead[:1].upper() + instead[1:] if begun else instead


def _dates(text: str, today: date) -> Iterator[Hint]:
    for one in _READ["iso_date"].finditer(text):
        yield from _date(one, int(one[3]), int(one[2]), int(one[1]))
    for one in _READ["dot_date"].finditer(text):
        yield from _date(one, int(one[1]), int(one[2]), int(one[3]))
    for one in _READ["slash_date"].finditer(text):
        day, month = int(one[1]), int(one[2])
        if one[3] or (day, month) not in _NO_DATES:
            yield from _date(one, day, month, int(one[3]) if one[3] else _nearest(day, month, today))
    for one in _READ["short_month"].finditer(text):
        day, month = int(one[1]), _MONTHS.index(one[2].lower()) + 1
        if month != 5 or one[0].endswith("."):  # "maj" is no abbreviation
            yield from _date(one, day, month, int(one[3]) if one[3] else _nearest(day, month, today))


def _date(one: re.Match[str], day: int, month: int, year: int) -> Iterator[Hint]:
    if 1 <= month <= 12 and 1900 <= year <= 2200 and 1 <= day <= monthrange(year, month)[1]:
        yield Hint("date", one[0], date_words(date(year, month, day)), *one.span())


def _nearest(day: int, month: int, today: date) -> int:
    """The year that brings a day and month nearest to today; 0 for what is no day."""
    fits = [year for year in (today.year, today.year + 1, today.year - 1) if 1 <= month <= 12
            and 1 <= day <= monthrange(year, month)[1]]  # fmt: skip
    return min(fits, key=lambda year: abs((date(year, month, day) - today).days), default=0)


def _times(text: str) -> Iterator[Hint]:
    for one in _READ["time"].finditer(text):
        prefix, hour, sign, minute, until_hour, until_minute = one.groups()
        is_time = prefix or sign == ":" or (minute and until_minute)
        hours = [int(part) for part in (hour, until_hour) if part]
        minutes = [int(part or 0) for part in (minute, until_minute)]
        if not is_time or max(hours) > 24 or max(minutes) > 59 or _READ["right_time"].fullmatch(one[0]):
            continue
        clock = f"{hours[0]:02}.{minutes[0]:02}" + (f"–{hours[1]:02}.{minutes[1]:02}" if until_hour else "")
        begins = prefix[0] == "K" if prefix else not re.search(r"[^.!?\n]\s*$", text[: one.start()])
        yield Hint("time", one[0], f"{'Kl.' if begins else 'kl.'} {clock}", *one.span())


def _signs(text: str) -> Iterator[Hint]:
    for one in _READ["compare"].finditer(text):
        yield Hint("symbol", one[0], "mer än" if one[0] == ">" else "mindre än", *one.span())
    for one in _READ["smiley"].finditer(text):
        yield Hint("smiley", one[0], "", *one.span())


def _long(text: str) -> Iterator[Hint]:
    start = 0
    for end in [*(one.start() for one in _READ["sentence_end"].finditer(text)), len(text)]:
        words = list(_READ["word"].finditer(text, start, end))
        if len(words) > MOST_WORDS:
            yield Hint("long", text[words[0].start() : words[3].end()], "", words[0].start(), words[-1].end())
        start = end
