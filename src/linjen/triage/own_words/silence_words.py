"""The word lists that silence a hit of the tripwire, each also as typed without dots and rings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from linjen.triage.own_words.words import fold, read_lexicon_file


@lru_cache(maxsize=1)
def silence_words() -> dict[str, frozenset[str]]:
    """Every list of silence.yaml by its name, as single words."""
    lists = read_lexicon_file("silence.yaml")
    return {name: frozenset(text.split()) | frozenset(fold(text).split()) for name, text in lists.items()}


@lru_cache(maxsize=8)
def silence_phrases(name: str) -> frozenset[tuple[str, ...]]:
    """The phrases of a list, which are set apart by commas, each as its words."""
    phrases = [phrase.strip() for phrase in read_lexicon_file("silence.yaml")[name].split(",")]
    return frozenset(tuple(phrase.split()) for phrase in (*phrases, *map(fold, phrases)))


def holds_phrase(words: Sequence[str], name: str) -> bool:
    """Whether one of the list's phrases stands in the words."""
    phrases = silence_phrases(name)
    sizes = {len(phrase) for phrase in phrases}
    return any(tuple(words[at : at + size]) in phrases for size in sizes for at in range(len(words) - size + 1))
