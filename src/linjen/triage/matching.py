"""From a resident's own words to the best contact reasons, together with what the tripwire saw."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

import msgspec

from linjen.triage.tripwire import find_red_flags, is_alarming, load_tripwire, read_lexicon_file
from linjen.triage.words import detect_language, fold, tokenise

_BEST = 5
_STOP = frozenset(
    "jag har ett den det är som och att för med till min mitt mina på av om men så vi ni han hon när sen sedan"
    " också från blir få får kan vill hej vad hur the and for with have has been".split()
)


class Reading(msgspec.Struct, frozen=True):
    """What a text says: language, the five best contact reasons (id, score 0..1), red flags with the words that hit."""

    language: str
    reasons: list[tuple[str, float]]
    red_flags: list[str]
    quotes: dict[str, str]
    alarm: bool


def _features(text: str) -> Counter[str]:
    """Words and their pieces of three to five letters, spelled without dots so that "brost" meets "bröst"."""
    found: Counter[str] = Counter()
    for token in tokenise(text):
        if token.form in _STOP or token.form[0].isdigit():
            continue
        word = f"<{fold(token.form)}>"
        found["=" + word] += 2
        for size in (3, 4, 5):
            for start in range(len(word) - size + 1):
                found[word[start : start + size]] += 1
    return found


class _Index:
    """TF-IDF over every phrase of every contact reason, with an inverted list per feature."""

    def __init__(self, phrases: Iterable[tuple[str, str, float]]) -> None:
        self._reason_of: list[str] = []
        self._weights: list[float] = []
        counts = []
        for reason, phrase, weight in phrases:
            self._reason_of.append(reason)
            self._weights.append(weight)
            counts.append(_features(phrase))
        seen: dict[str, set[str]] = {}
        for reason, features in zip(self._reason_of, counts, strict=True):
            for feature in features:
                seen.setdefault(feature, set()).add(reason)
        total = len(set(self._reason_of))
        self._rarity = {feature: math.log(1 + total / len(reasons)) for feature, reasons in seen.items()}
        self._lists: dict[str, list[tuple[int, float]]] = {}
        for number, features in enumerate(counts):
            weights = {feature: math.sqrt(count) * self._rarity[feature] for feature, count in features.items()}
            length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            for feature, weight in weights.items():
                self._lists.setdefault(feature, []).append((number, weight / length))

    def scores(self, text: str) -> dict[str, float]:
        """The best phrase's likeness, 0..1, for each contact reason that shares anything with the text."""
        weights = {
            feature: math.sqrt(count) * self._rarity[feature]
            for feature, count in _features(text).items()
            if feature in self._rarity
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        likeness: dict[int, float] = {}
        for feature, weight in weights.items():
            for number, other in self._lists[feature]:
                likeness[number] = likeness.get(number, 0.0) + weight * other / length
        best: dict[str, float] = {}
        for number, value in likeness.items():
            reason = self._reason_of[number]
            best[reason] = max(best.get(reason, 0.0), value * self._weights[number])
        return best


def _reason_phrases() -> list[tuple[str, str, float]]:
    text = files("linjen.triage").joinpath("contact_reasons.tsv").read_text("utf-8")
    phrases = []
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        phrases.append((row["id"], row["name_sv"], 1.0))
        phrases.extend((row["id"], phrase.strip(), 1.0) for phrase in row["synonyms_sv"].split(","))
    for reason, lay in read_lexicon_file("lay_words.yaml").items():
        phrases.extend((reason, phrase.strip(), 1.0) for phrase in lay.split(",") if phrase.strip())
    return phrases


@lru_cache(maxsize=1)
def _index() -> _Index:
    return _Index(_reason_phrases())


def load_reading() -> None:
    """Read and compile everything now (under a second) instead of at the first text."""
    load_tripwire()
    _index()


def match_reasons(text: str) -> list[tuple[str, float]]:
    """The five best contact reasons of contact_reasons.tsv with scores 0..1, best first; "ovrigt" fills an empty answer."""
    scores = _index().scores(text)
    best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:_BEST]
    return [(reason, round(min(1.0, score), 4)) for reason, score in best] or [("ovrigt", 0.0)]


def read_text(text: str) -> Reading:
    """Read a resident's own words: a pure function of the text and the lexicon; never raises for any text."""
    quotes = find_red_flags(text)
    return Reading(detect_language(text), match_reasons(text), list(quotes), quotes, is_alarming(list(quotes)))
