"""From a resident's own words to the best contact reasons, together with what the tripwire saw."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

import msgspec

from linjen.triage.likeness import Likeness
from linjen.triage.tripwire import find_red_flags, is_alarming, load_tripwire
from linjen.triage.words import detect_language, read_lexicon_file

_BEST = 5
_OTHER = "ovrigt"


class Reading(msgspec.Struct, frozen=True):
    """What a text says: its language (ISO 639-1, or "other"), the five best contact reasons of contact_reasons.tsv as
    (id, score 0..1), the red flags (finding codes, most urgent first), for each the words that hit, and whether one of
    them has level 1 or 2."""

    language: str
    reasons: list[tuple[str, float]]
    red_flags: list[str]
    quotes: dict[str, str]
    alarm: bool


def read_text(text: str) -> Reading:
    """Read a resident's own words: a pure function of the text and the lexicon. Any text can be read, also none."""
    quotes = find_red_flags(text)
    codes = list(quotes)
    return Reading(detect_language(text), match_reasons(text), codes, quotes, is_alarming(codes))


def match_reasons(text: str) -> list[tuple[str, float]]:
    """The five best contact reasons with scores 0..1, best first; fewer when the text shares nothing with the others,
    and "ovrigt" with 0 when it shares nothing at all."""
    scores = _likeness().scores(text)
    best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:_BEST]
    return [(reason, round(min(1.0, score), 4)) for reason, score in best] or [(_OTHER, 0.0)]


def load_reading() -> None:
    """Read and compile everything now (under a second) instead of at the first text."""
    load_tripwire()
    _likeness()


@lru_cache(maxsize=1)
def _likeness() -> Likeness:
    return Likeness(_reason_phrases(), read_lexicon_file("concepts.yaml"))


def _reason_phrases() -> list[tuple[str, str]]:
    text = files("linjen.triage").joinpath("contact_reasons.tsv").read_text("utf-8")
    phrases = []
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        phrases.append((row["id"], row["name_sv"]))
        phrases.extend((row["id"], phrase.strip()) for phrase in row["synonyms_sv"].split(","))
    for reason, lay in read_lexicon_file("lay_words.yaml").items():
        phrases.extend((reason, phrase.strip()) for phrase in lay.split(",") if phrase.strip())
    return phrases
