"""Likeness of a text to the phrases of each contact reason: pieces of words, whole words and word classes.

A phrase becomes a vector of letter pieces (four and five letters, so that compounds and inflections meet), whole words
and word classes of concepts.yaml (so that "kastar upp" meets "kräks"). A reason's score joins its likest phrases with
its centre: the first finds the exact expression, the second the general subject.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from linjen.triage.own_words.expressions import Lexicon
from linjen.triage.own_words.patterns import Vocabulary
from linjen.triage.own_words.words import Token, are_undotted, fold, read_lexicon_file, tokenise

# Measured on lines the phrases were not written from: see the decision on own words.
_CLASS_WEIGHT = 2.5
_CENTRE_WEIGHT = 3.0
_NEXT_WEIGHT = 2.0
_NEXT_COUNT = 7
_NEAREST = 32  # contact reasons whose phrases are compared one by one
_SMALL_WORD = 0.25
_PIECE_SIZES = (4, 5)
#: A piece that stands in more phrases than this tells hardly anything of one of them, and costs the most to compare.
_MOST_PHRASES = 400
#: Entries that a text is compared with at most: a millisecond, and no measurable loss (docs/decisions/own-words.md).
_MOST_ENTRIES = 5_000
Strength = Callable[[float], float]


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
        undotted = are_undotted(token.form for token in tokens)
        fits = (self._undotted if undotted else self._plain).fits
        found = {self._names[number] for token in tokens for number in fits(token.form)}
        if len(tokens) > 1:  # a phrase has two words at least
            found |= {name for name, _ in self._phrases.find(tokens, ())}
        return found


class Rows(msgspec.Struct, frozen=True):
    """Vectors by feature: where a feature's entries end, and for each entry its vector's number and the weight in it.

    Three long rows of bytes (of unsigned longs, unsigned shorts and floats) take a tenth of the memory of tables.
    """

    ends: bytes
    numbers: bytes
    values: bytes


class Learned(msgspec.Struct, frozen=True):
    """All that is worked out of the phrases: can be written down and read again.

    `owners` has for each phrase the place of its contact reason in `reasons`, `weights` a double for each feature.
    """

    reasons: tuple[str, ...]
    owners: tuple[int, ...]
    features: tuple[str, ...]
    weights: bytes
    phrases: Rows
    centres: Rows


def learn(phrases: Iterable[tuple[str, str]], classes: WordClasses) -> Learned:
    """Work it out of (contact reason, phrase): takes about as long as a hundred texts to read."""
    documents = _known_twice([(reason, _features(phrase, classes)) for reason, phrase in phrases])
    counts: dict[str, Counter[str]] = {}
    for reason, features in documents:
        counts.setdefault(reason, Counter()).update(features.keys())
    weights = _weights(counts.values())
    places = {reason: place for place, reason in enumerate(counts)}
    return Learned(
        tuple(counts),
        tuple(places[reason] for reason, _ in documents),
        tuple(weights),
        array("d", weights.values()).tobytes(),
        _rows(weights, math.sqrt, [features for _, features in documents], _MOST_PHRASES),
        _rows(weights, _softened, list(counts.values()), len(counts)),
    )


def _known_twice(documents: list[tuple[str, dict[str, float]]]) -> list[tuple[str, dict[str, float]]]:
    """Without the longer pieces that one phrase alone has: the shorter ones within them do as well for less memory."""
    seen = Counter(feature for _, features in documents for feature in features)
    lonely = {
        name for name, many in seen.items() if many == 1 and len(name) == max(_PIECE_SIZES) and name[0] not in "@="
    }
    return [
        (reason, {name: count for name, count in features.items() if name not in lonely})
        for reason, features in documents
    ]


def _rows(weights: Mapping[str, float], strength: Strength, vectors: Sequence[Mapping[str, float]], most: int) -> Rows:
    """The rows of all features; one with more than `most` entries stays empty."""
    found: dict[str, list[float]] = {feature: [] for feature in weights}  # number, weight, number, weight …
    for number, features in enumerate(vectors):
        for feature, value in zip(features, _unit(weights, strength, features), strict=True):
            found[feature] += (number, value)
    entries: list[float] = []
    ends = array("L")
    for row in found.values():
        if len(row) <= 2 * most:
            entries += row
        ends.append(len(entries) // 2)
    return Rows(ends.tobytes(), array("H", map(int, entries[::2])).tobytes(), array("f", entries[1::2]).tobytes())


def _unit(weights: Any, strength: Strength, features: Mapping[Any, float]) -> list[float]:
    """The weights of known features, by name or by place, in a vector of length 1, in their order."""
    values = [
        weights[feature] if count == 1.0 else strength(count) * weights[feature] for feature, count in features.items()
    ]
    length = math.sqrt(sum([value * value for value in values])) or 1.0
    return [value / length for value in values]


def _softened(count: float) -> float:
    return 1 + math.log(count)


class _Index:
    """Rows ready for use."""

    def __init__(self, rows: Rows, many: int) -> None:
        self._ends, self._numbers, self._values = array("L"), array("H"), array("f")
        self._ends.frombytes(rows.ends)
        self._numbers.frombytes(rows.numbers)
        self._values.frombytes(rows.values)
        self._many = many

    def products(self, places: Sequence[int], weights: Sequence[float], most: int) -> list[float]:
        """The scalar product of a vector with each of those indexed; `places` are its features' places.

        The weightiest features come first, and after `most` entries the rest, which would change little, is left.
        """
        products = [0.0] * self._many
        ends, numbers, values = self._ends, self._numbers, self._values
        for weight, place in sorted(zip(weights, places, strict=True), reverse=True):
            first, last = ends[place - 1] if place else 0, ends[place]
            most -= last - first
            if most < 0:
                break
            for number, other in zip(numbers[first:last], values[first:last]):  # noqa: B905 - the hottest line
                products[number] += weight * other
        return products


class Likeness:
    """Every phrase of every contact reason, indexed by feature."""

    def __init__(self, learned: Learned, classes: WordClasses) -> None:
        self._classes = classes
        self._places = {feature: place for place, feature in enumerate(learned.features)}
        self._weights = array("d")
        self._weights.frombytes(learned.weights)
        self._reasons = learned.reasons
        self._phrases_of: list[list[int]] = [[] for _ in learned.reasons]
        for number, owner in enumerate(learned.owners):
            self._phrases_of[owner].append(number)
        self._phrases = _Index(learned.phrases, len(learned.owners))
        self._centres = _Index(learned.centres, len(learned.reasons))

    def scores(self, text: str) -> dict[str, float]:
        """A score of 0..1 for each contact reason that shares anything with the text; 1 is a perfect likeness."""
        counts = {
            self._places[feature]: count
            for feature, count in _features(text, self._classes).items()
            if feature in self._places
        }
        places, weights = list(counts), _unit(self._weights, math.sqrt, counts)
        centres = self._centres.products(places, weights, _MOST_ENTRIES)
        # What lies far from a reason's centre is not near enough to one of its phrases to become one of the best.
        shared = [place for place, score in enumerate(centres) if score]
        near = heapq.nlargest(_NEAREST, shared, key=centres.__getitem__)
        phrases = self._phrases.products(places, weights, _MOST_ENTRIES)
        scores = {place: _CENTRE_WEIGHT * centres[place] for place in shared}
        for place in near:
            values = sorted([phrases[number] for number in self._phrases_of[place]], reverse=True)
            following = sum(values[1 : 1 + _NEXT_COUNT]) / _NEXT_COUNT
            scores[place] += values[0] + _NEXT_WEIGHT * following
        most = 1 + _CENTRE_WEIGHT + _NEXT_WEIGHT
        return {self._reasons[place]: score / most for place, score in scores.items()}


def _features(text: str, classes: WordClasses) -> dict[str, float]:
    tokens = tokenise(text)
    found: dict[str, float] = {}
    for token in tokens:
        pieces = _pieces(token.form)
        if not found:
            found |= pieces
            continue
        for feature, count in pieces.items():
            found[feature] = found.get(feature, 0.0) + count
    for name in sorted(classes.names(tokens)):
        found["@" + name] = 1.0
    return found


@lru_cache(maxsize=2048)
def _pieces(form: str) -> dict[str, float]:
    """A word's features: the word and its letter pieces, without dots and rings so that "brost" meets "bröst"."""
    if form[0].isdigit():
        return {}
    plain = fold(form)
    count = _SMALL_WORD if plain in _small_words() else 1.0
    word = f"<{plain}>"
    found = {"=" + word: 2 * count}
    for size in _PIECE_SIZES:
        for start in range(len(word) - size + 1):
            piece = word[start : start + size]
            found[piece] = found.get(piece, 0.0) + count
    return found


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    return frozenset(fold(read_lexicon_file("keep.yaml")["small"]).split())


def _weights(counts: Collection[Mapping[str, int]]) -> dict[str, float]:
    """What one find of a feature weighs: the more the fewer contact reasons have it in their phrases."""
    reasons_with: Counter[str] = Counter()
    for features in counts:
        reasons_with.update(features.keys())
    rarity = {many: math.log(1 + len(counts) / many) for many in set(reasons_with.values())}
    return {
        feature: rarity[many] * (_CLASS_WEIGHT if feature[0] == "@" else 1.0) for feature, many in reasons_with.items()
    }
