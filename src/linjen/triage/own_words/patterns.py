"""Word patterns of the lexicon: which of them a word of a text fits, as it stands, in a compound or misspelled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from linjen.triage.own_words.slips import SHORTEST, Slips
from linjen.triage.own_words.words import fold, sound

_ENDINGS = (
    "", "en", "et", "n", "t", "a", "ar", "er", "or", "na", "arna", "erna", "orna", "r", "s", "ens", "ets", "ade", "at",
    "ad", "de", "te", "ande", "are", "d", "sen", "ena", "ene", "an", "as",
)  # fmt: skip
_BOOSTERS = re.compile(r"^(?:jätte|skit|super|svin|as|mega|extrem|sjukt|ultra|sketa|tok|pers|full|halv|stup)(?=.{2})")
_SHORT = 4

#: Words or pieces of words, each with the numbers of its patterns: nearly always one, for which a set is wasteful.
_Numbers = dict[str, tuple[int, ...]]


def _note(index: _Numbers, word: str, number: int) -> None:
    known = index.get(word)
    index[word] = (number,) if known is None else (*known, number)


class Vocabulary:
    """Which word patterns a word of a text fits; with `near` also when it is misspelled."""

    def __init__(self, keep: Iterable[str], folded: bool = False, near: bool = True) -> None:
        self._learns = near
        self._spell = fold if folded else str
        self._keep = {self._spell(word) for word in keep}
        self._whole: _Numbers = {}
        self._begin: _Numbers = {}
        self._end: _Numbers = {}
        self._within: _Numbers = {}
        self._near_whole, self._near_begin = Slips(), Slips()
        self.fits = lru_cache(maxsize=2048)(self._fits)

    def add(self, pattern: str, number: int) -> None:
        """Take in one pattern under its number."""
        word = self._spell(pattern.strip("*~"))
        # Without its dots a short piece is a piece of too many words: "tå*" would be "tala", "*rött" would be "brott".
        bare = word != pattern.strip("*~") and len(word) <= _SHORT
        if pattern.endswith("~") or (bare and pattern.endswith("*")):
            for ending in _ENDINGS:
                _note(self._whole, word + ending, number)
            self._learn(self._near_whole, word, number)
        elif pattern.startswith("*") and pattern.endswith("*"):
            _note(self._within, word, number)
        elif pattern.startswith("*") and not bare:
            _note(self._end, word, number)
        elif pattern.endswith("*"):
            _note(self._begin, word, number)
            self._learn(self._near_begin, word, number)
        else:
            _note(self._whole, word, number)
            self._learn(self._near_whole, word, number)

    def _learn(self, index: Slips, word: str, number: int) -> None:
        if self._learns and len(word) >= SHORTEST and len(key := sound(word)) >= SHORTEST:
            index.add(key, number)

    def _fits(self, form: str) -> frozenset[int]:
        spelled = self._spell(form)
        known, covered = self._known(spelled)
        plain = _BOOSTERS.sub("", spelled)
        if plain != spelled:
            more, also = self._known(plain)
            known, covered = known | more, max(covered, also + len(spelled) - len(plain))
        # A short beginning or a right end of a compound says little: the rest may still be misspelled.
        if self._learns and covered * 5 < len(spelled) * 3 and len(spelled) >= SHORTEST and spelled not in self._keep:
            known = known | self._nearly(spelled)
        return frozenset(known | self._parts(spelled))

    def _known(self, form: str) -> tuple[set[int], int]:
        """The patterns of the whole word and of its beginnings, and how many letters the longest one covers."""
        found, covered = set(self._whole.get(form, ())), 0
        if found:
            covered = len(form)
        for cut in range(2, len(form) + 1):
            if (numbers := self._begin.get(form[:cut])) is not None:
                found.update(numbers)
                covered = max(covered, cut)
        return found, covered

    def _parts(self, form: str) -> set[int]:
        size = len(form)
        found: set[int] = set()
        for start in range(1, size - 1):  # the end of a compound: something stands before it
            found.update(self._end.get(form[start:], ()))
        for start in range(size - 2) if self._within else ():
            for stop in range(start + 3, min(size, start + 16) + 1):
                found.update(self._within.get(form[start:stop], ()))
        return found

    def _nearly(self, form: str) -> set[int]:
        key = sound(form)
        return self._near_whole.whole(key) | self._near_begin.beginnings(key)
