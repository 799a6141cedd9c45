"""The tripwire: finding codes that a free text may speak of, each with the words that hit. It can only raise.

Layer 1 of the triage. A hit is a question to the resident ("Du skrev … Stämmer det?"), never a silent label. A hit is
silent only when the whole phrase is denied, lies years back, is about a relative's past, or is a mere what-if.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from linjen.triage.own_words.expressions import Lexicon
from linjen.triage.own_words.over import is_over
from linjen.triage.own_words.portions import portions
from linjen.triage.own_words.quantities import read_numbers
from linjen.triage.own_words.silence import is_silent
from linjen.triage.own_words.words import quote_of, read_lexicon_file, tokenise, unaccented

ALARM_LEVELS = frozenset({1, 2})
#: Languages of which only the commonest words for danger to life are known, by ISO 639-1 code: a file each.
ELSEWHERE = ("no", "da", "fi", "de", "es", "tr", "pl", "ar")
#: (characters, of them again in the next): what may be said in several sentences, and what in one. The search keeps
#: only so many finds of a word, so a long text is not read in one go.
_WIDE, _NARROW = (2000, 500), (500, 250)
#: So near to where a text was cut, what denies a word may stand on the other side.
_EDGE = 50


@lru_cache(maxsize=1)
def finding_levels() -> dict[str, int]:
    """min_urgency_if_yes (1 most urgent … 5) of every finding code that has one."""
    text = files("linjen.triage").joinpath("finding_codes.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {row["code"]: int(row["min_urgency_if_yes"]) for row in rows if row["min_urgency_if_yes"]}


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    groups = read_lexicon_file("groups.yaml")
    flags = read_lexicon_file("red_flags.yaml")
    lines = {code: [line for line in text.splitlines() if line.strip()] for code, text in flags.items()}
    for language in ELSEWHERE:
        for code, text in read_lexicon_file(f"elsewhere/{language}.yaml").items():
            lines.setdefault(code, []).extend(map(unaccented, filter(str.strip, text.splitlines())))
    keep = read_lexicon_file("keep.yaml")
    return Lexicon(groups, lines, keep["words"].split(), keep["dotless"].split())


def load_tripwire() -> None:
    """Read and compile the lexicon now instead of at the first text."""
    _lexicon()
    finding_levels()


def find_red_flags(text: str) -> dict[str, str]:
    """Finding codes hit by the text, most urgent first, each with the resident's own words that hit.

    Of a long text every part is heard as if it stood alone, however much stands before it.
    """
    hits: dict[str, str] = {}
    for size, overlap in (_WIDE, _NARROW) if len(text) > _NARROW[0] else (_WIDE,):
        parts = list(portions(text, size, overlap))
        for number, part in enumerate(parts):
            inner = (_EDGE if number else 0, len(part) - (_EDGE if number + 1 < len(parts) else 0))
            hits = _heard(part, inner) | hits
    levels = finding_levels()
    return dict(
        sorted(hits.items(), key=lambda hit: (levels.get(hit[0], 9), text.find(hit[1].split(" … ")[0]), hit[0]))
    )


def _heard(text: str, inner: tuple[int, int]) -> dict[str, str]:
    """What one part says between two places; what lies nearer to its cut edges is heard in the part beside it."""
    tokens = tokenise(text)
    hits: dict[str, str] = {}
    for code, spans in _lexicon().find(tokens, read_numbers(tokens)):
        if code in hits or is_silent(tokens, spans) or is_over(code, tokens, spans):
            continue
        places = sorted({place for span in spans for place in span})
        if inner[0] <= tokens[places[0]].start and tokens[places[-1]].end <= inner[1]:
            hits[code] = quote_of(text, tokens, places, whole=True)
    return hits


def is_alarming(codes: Sequence[str]) -> bool:
    """True when one of the codes has level 1 or 2."""
    levels = finding_levels()
    return any(levels.get(code) in ALARM_LEVELS for code in codes)
