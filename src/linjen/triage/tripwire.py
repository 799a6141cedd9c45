"""The tripwire: finding codes that a free text may speak of, each with the words that hit. It can only raise.

Layer 1 of the triage. A hit is a question to the resident ("Du skrev … Stämmer det?"), never a silent label. A hit is
silent only when the whole phrase is denied, lies years back, is about a relative's past, or is a mere what-if.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from linjen.triage.expressions import Lexicon, Span
from linjen.triage.quantities import read_numbers
from linjen.triage.silence import is_silent
from linjen.triage.words import quote_of, read_lexicon_file, tokenise

ALARM_LEVELS = frozenset({1, 2})


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
    keep = read_lexicon_file("keep.yaml")
    return Lexicon(groups, lines, keep["words"].split(), keep["dotless"].split())


def load_tripwire() -> None:
    """Read and compile the lexicon now instead of at the first text."""
    _lexicon()
    finding_levels()


def find_red_flags(text: str) -> dict[str, str]:
    """Finding codes hit by the text, most urgent first, each with the resident's own words that hit."""
    tokens = tokenise(text)
    hits: dict[str, list[Span]] = {}
    for code, spans in _lexicon().find(tokens, read_numbers(tokens)):
        if code not in hits and not is_silent(tokens, spans):
            hits[code] = spans
    levels = finding_levels()
    order = sorted(hits, key=lambda code: (levels.get(code, 9), hits[code][0], code))
    return {code: quote_of(text, tokens, (place for span in hits[code] for place in span)) for code in order}


def is_alarming(codes: Sequence[str]) -> bool:
    """True when one of the codes has level 1 or 2."""
    levels = finding_levels()
    return any(levels.get(code) in ALARM_LEVELS for code in codes)
