"""Slips of the fingers: words of a list found again when one letter was added, dropped, changed or swapped.

One slip leaves either the beginning of a word whole or a piece that comes a little later, so two pieces of each word
are enough to find it; they are longer for a longer word, so that few words share them.
"""

from __future__ import annotations

from collections.abc import Iterable

from linjen.triage.own_words.words import is_near

SHORTEST = 5
_LONG = 7  # a shorter beginning fits too many good words to allow a wrong letter in it


class Slips:
    """Words of five letters or more, each with its numbers, looked up by a word that may hold one slip."""

    def __init__(self) -> None:
        self._numbers: dict[str, tuple[int, ...]] = {}
        self._begin: dict[str, list[str]] = {}
        self._later: dict[str, list[str]] = {}

    def add(self, word: str, number: int) -> None:
        """Take in a word of at least five letters under a number."""
        if (known := self._numbers.get(word)) is not None:
            self._numbers[word] = (*known, number)
            return
        self._numbers[word] = (number,)
        size = 3 if len(word) >= _LONG else 2
        self._begin.setdefault(word[:size], []).append(word)
        self._later.setdefault(word[0] + word[size + 1 : 2 * size + 1], []).append(word)

    def whole(self, word: str) -> set[int]:
        """The numbers of every word that is the same but for one slip, which is not in the first letter."""
        shorter, longer = len(word) - 1, len(word) + 1
        sizes = (2, 3) if _LONG - 1 <= len(word) <= _LONG else (2,) if len(word) < _LONG else (3,)
        found: set[int] = set()
        for near in self._sharing(word, sizes):
            if shorter <= len(near) <= longer and is_near(near, word):
                found.update(self._numbers[near])
        return found

    def beginnings(self, word: str) -> set[int]:
        """The numbers of every word that `word` begins with, the longer ones also with one slip in them."""
        found: set[int] = set()
        for end in range(SHORTEST, len(word) + 1):
            if (numbers := self._numbers.get(word[:end])) is not None:
                found.update(numbers)
        for near in self._sharing(word, (3,)):  # the pieces of long words alone
            size = len(near)
            if any(is_near(near, word[:end]) for end in (size, size - 1, size + 1) if end <= len(word)):
                found.update(self._numbers[near])
        return found

    def _sharing(self, word: str, sizes: Iterable[int]) -> set[str]:
        """The words that share a piece: the beginning, or the later one, moved by one letter or not."""
        found: set[str] = set()
        for size in sizes:
            found.update(self._begin.get(word[:size], ()))
            for start in range(size, min(size + 2, len(word) - size) + 1):
                found.update(self._later.get(word[0] + word[start : start + size], ()))
        return found
