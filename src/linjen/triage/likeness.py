"""Likeness of a text to the phrases of each contact reason: pieces of words, whole words and word classes.

A phrase becomes a vector of letter pieces (four and five letters, so that compounds and inflections meet), whole words
and word classes of concepts.yaml (so that "kastar upp" meets "kräks"). A reason's score joins its likest phrases with
its centre: the first finds the exact expression, the second the general subject.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from linjen.triage.expressions import Lexicon, Vocabulary
from linjen.triage.words import Token, fold, read_lexicon_file, tokenise

# Measured on lines the phrases were not written from: see the decision on own words.
_CLASS_WEIGHT = 4.0
_CENTRE_WEIGHT = 1.0
_NEXT_WEIGHT = 0.7
_NEXT_COUNT = 3
_NEAREST = 32  # contact reasons whose phrases are compared one by one
_SMALL_WORD = 0.25
_PIECE_SIZES = (4, 5)
Vector = dict[str, float]


class WordClasses:
    """Which word classes a text has words of. Single words are looked up; only phrases need a search."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._names: list[str] = list(classes)
        self._plain, self._undotted = Vocabulary((), near=False), Vocabulary((), folded=True, near=False)
        phrases: dict[str, list[str]] = {}
        for number, name in enumerate(self._names):
            for pattern in classes[name].split():
                if "_" in pattern:
                    phrases.setdefault(name, []).append(pattern)
                else:
                    self._plain.add(pattern, number)
                    self._undotted.add(pattern, number)
        self._phrases = Lexicon({}, phrases)

    def names(self, tokens: Sequence[Token]) -> set[str]:
        """The classes found among the words and phrases. Misspelled ones are left to the letter pieces."""
        undotted = not any(set(token.form) & set("åäö") for token in tokens)
        fits = (self._undotted if undotted else self._plain).fits
        found = {self._names[number] for token in tokens for number in fits(token.form)}
        return found | {name for name, _ in self._phrases.find(tokens, ())}


class Likeness:
    """Every phrase of every contact reason, indexed by feature."""

    def __init__(self, phrases: Iterable[tuple[str, str]], classes: Mapping[str, str]) -> None:
        self._classes = WordClasses(classes)
        documents = [(reason, self._features(phrase)) for reason, phrase in phrases]
        self._rarity = _rarity(documents)
        self._reason_of = [reason for reason, _ in documents]
        self._phrases: dict[str, dict[str, list[tuple[int, float]]]] = {}
        for number, (reason, features) in enumerate(documents):
            for feature, weight in self._vector(features).items():
                self._phrases.setdefault(feature, {}).setdefault(reason, []).append((number, weight))
        self._centres: dict[str, list[tuple[str, float]]] = {}
        for reason, counts in _centres(documents).items():
            for feature, weight in self._vector(counts, soften=True).items():
                self._centres.setdefault(feature, []).append((reason, weight))

    def _features(self, text: str) -> dict[str, float]:
        tokens = tokenise(text)
        found: dict[str, float] = {}
        for token in tokens:
            for feature, count in _pieces(token.form):
                found[feature] = found.get(feature, 0.0) + count
        for name in self._classes.names(tokens):
            found["@" + name] = 1.0
        return found

    def _vector(self, features: Mapping[str, float], soften: bool = False) -> Vector:
        vector: Vector = {}
        for feature, count in features.items():
            if (rarity := self._rarity.get(feature)) is None:
                continue
            strength = 1 + math.log(count) if soften else math.sqrt(count)
            vector[feature] = strength * rarity * (_CLASS_WEIGHT if feature[0] == "@" else 1.0)
        length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        return {feature: weight / length for feature, weight in vector.items()}

    def scores(self, text: str) -> dict[str, float]:
        """A score of 0..1 for each contact reason that shares anything with the text; 1 is a perfect likeness."""
        vector = self._vector(self._features(text))
        scores: dict[str, float] = {}
        for feature, weight in vector.items():
            for reason, other in self._centres.get(feature, ()):
                scores[reason] = scores.get(reason, 0.0) + _CENTRE_WEIGHT * weight * other
        # What lies far from a reason's centre is not near enough to one of its phrases to become one of the best.
        near = heapq.nlargest(_NEAREST, scores, key=scores.__getitem__)
        likest: dict[int, float] = {}
        for feature, weight in vector.items():
            phrases = self._phrases.get(feature)
            for reason in near if phrases else ():
                for number, other in phrases.get(reason, ()) if phrases else ():
                    likest[number] = likest.get(number, 0.0) + weight * other
        per_reason: dict[str, list[float]] = {}
        for number, value in likest.items():
            per_reason.setdefault(self._reason_of[number], []).append(value)
        for reason, values in per_reason.items():
            values.sort(reverse=True)
            following = sum(values[1 : 1 + _NEXT_COUNT]) / _NEXT_COUNT
            scores[reason] = scores.get(reason, 0.0) + values[0] + _NEXT_WEIGHT * following
        most = 1 + _CENTRE_WEIGHT + _NEXT_WEIGHT
        return {reason: score / most for reason, score in scores.items()}


@lru_cache(maxsize=16384)
def _pieces(form: str) -> tuple[tuple[str, float], ...]:
    """A word's features: the word and its letter pieces, without dots and rings so that "brost" meets "bröst"."""
    if form[0].isdigit():
        return ()
    plain = fold(form)
    count = _SMALL_WORD if plain in _small_words() else 1.0
    word = f"<{plain}>"
    pieces = [word[start : start + size] for size in _PIECE_SIZES for start in range(len(word) - size + 1)]
    return (("=" + word, 2 * count), *((piece, count) for piece in pieces))


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    return frozenset(fold(read_lexicon_file("keep.yaml")["small"]).split())


def _rarity(documents: Sequence[tuple[str, dict[str, float]]]) -> dict[str, float]:
    reasons_with: dict[str, set[str]] = {}
    for reason, features in documents:
        for feature in features:
            reasons_with.setdefault(feature, set()).add(reason)
    total = len({reason for reason, _ in documents})
    return {feature: math.log(1 + total / len(reasons)) for feature, reasons in reasons_with.items()}


def _centres(documents: Sequence[tuple[str, dict[str, float]]]) -> dict[str, Counter[str]]:
    centres: dict[str, Counter[str]] = {}
    for reason, features in documents:
        centres.setdefault(reason, Counter()).update(dict.fromkeys(features, 1))
    return centres
