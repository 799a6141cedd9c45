"""Redan sagt: what own words state clearly of everyday findings. Each is put as a question to confirm, nothing more.

The tripwire hears danger and hears it gladly; this hears what is asked about anyway, and only where it is plain, so
that nobody has to say it twice. A hit that is denied, past or a what-if is silent, as in the tripwire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from linjen.triage.own_words.durations import find_durations
from linjen.triage.own_words.expressions import Lexicon, Number
from linjen.triage.own_words.quantities import read_numbers
from linjen.triage.own_words.silence import is_silent
from linjen.triage.own_words.words import Token, quote_of, read_lexicon_file, tokenise
from linjen.triage.state import Stated, Value

_FEVER, _FEVER_DAYS, _DAYS = "gen.fever", "gen.fever_days", "gen.duration_days"
_NUMBERS = {
    "temp": "gen.temp", "pulse": "heart.rate", "spo2": "resp.spo2", "sugar": "endo.glucose",
    "pregweek": "gyn.preg_week",
}  # fmt: skip
#: Before a number, these say that it is a border and not a measure: "inte över 38".
_BORDERS = frozenset({"över", "under", "inte", "ej", "minst", "högst", "max", "aldrig", "than", "over"})


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    lines = {
        name: [line for line in text.splitlines() if line.strip()]
        for name, text in read_lexicon_file("everyday.yaml").items()
    }
    return Lexicon({}, lines, near=False)


def load_everyday() -> None:
    """Read and compile the lexicon now instead of at the first text."""
    _lexicon()


@lru_cache(maxsize=1)
def everyday_codes() -> frozenset[str]:
    """Every finding code that can be stated."""
    named = {name.partition("=")[0] for name in read_lexicon_file("everyday.yaml")}
    return frozenset({*named, *_NUMBERS.values(), _DAYS, _FEVER_DAYS})


def read_stated(text: str) -> dict[str, Stated]:
    """What the words state, code to value and words: yes/no codes first in the lexicon's order, then the numbers.

    A number that the text gives in two ways is left out, to be asked in the usual way.
    """
    tokens = tokenise(text)
    numbers = read_numbers(tokens)
    found: dict[str, Stated] = {}
    for code, value, places in [*_findings(tokens, numbers), *_measures(tokens, numbers)]:
        found.setdefault(code, Stated(value, quote_of(text, tokens, places)))
    for code, stated in _durations(text, tokens, fever=_FEVER in found):
        found.setdefault(code, stated)
    order = _order()
    return dict(sorted(found.items(), key=lambda pair: order.get(pair[0], len(order))))


@lru_cache(maxsize=1)
def _order() -> dict[str, int]:
    """The place of each code in the lexicon."""
    return {name.partition("=")[0]: place for place, name in enumerate(read_lexicon_file("everyday.yaml"))}


def _findings(tokens: Sequence[Token], numbers: Sequence[Number]) -> Iterator[tuple[str, Value, Iterable[int]]]:
    seen: set[str] = set()
    finds = _lexicon().find(tokens, numbers)
    # A word says more than a number, where both do.
    for name, spans in sorted(finds, key=lambda one: tokens[one[1][0][0]].form[0].isdecimal()):
        code, _, value = name.partition("=")
        if code not in seen and not is_silent(tokens, spans):
            seen.add(code)
            yield code, value or True, {place for span in spans for place in span}


def _measures(tokens: Sequence[Token], numbers: Sequence[Number]) -> Iterator[tuple[str, Value, Iterable[int]]]:
    by_code: dict[str, list[tuple[float, int]]] = {}
    for kind, value, place in numbers:
        if kind in _NUMBERS and not (place and tokens[place - 1].form in _BORDERS):
            by_code.setdefault(_NUMBERS[kind], []).append((value, place))
    for code, found in by_code.items():
        if len({value for value, _ in found}) == 1:
            place = found[0][1]
            before = place > 0 and tokens[place - 1].clause == tokens[place].clause
            yield code, found[0][0], [place - 1, place] if before else [place]


def _durations(text: str, tokens: Sequence[Token], *, fever: bool) -> Iterator[tuple[str, Stated]]:
    by_code: dict[str, list[Stated]] = {}
    for one in find_durations(tokens):
        code = _FEVER_DAYS if one.fever and fever else _DAYS
        words = quote_of(text, tokens, one.places)
        by_code.setdefault(code, []).append(Stated(one.days, words, one.weekday))
    for code, found in by_code.items():
        if len({(one.value, one.weekday) for one in found}) == 1:
            yield code, found[0]
