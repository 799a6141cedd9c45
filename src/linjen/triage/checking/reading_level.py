"""How hard a Swedish text is to read: LIX, Björnsson's readability index of 1968."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?:](?:\s|$)")
_LONG = 6  # a word of more letters than this is long


def word_count(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def long_words(text: str) -> int:
    """How many of them are long."""
    return sum(len(word) > _LONG for word in _WORD.findall(text))


def lix(text: str) -> float:
    """Words per sentence plus the percentage of long words; below 30 is very easy, 30-40 easy, 0 for no words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE.findall(text)))
    return len(words) / sentences + 100 * sum(len(word) > _LONG for word in words) / len(words)
