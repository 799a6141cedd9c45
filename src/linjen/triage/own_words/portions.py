"""A long text in portions that overlap, so that its last sentence is read as well as its first."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"(?<=[.!?…\n;])\s*(?=\S)")
_WORD = re.compile(r"(?<=\s)(?=\S)")


def portions(text: str, size: int, overlap: int) -> Iterator[str]:
    """Portions of at most `size` characters; each begins within the last `overlap` of the one before.

    They begin and end with sentences where there are such, else with words, so that what denies a word stays beside it.
    """
    start = 0
    while len(text) - start > size:
        stop = max(_starts(text, start + overlap + 1, start + size), default=start + size)
        yield text[start:stop]
        start = min(_starts(text, stop - overlap, stop - 1), default=stop - overlap)
    yield text[start:]


def _starts(text: str, first: int, last: int) -> list[int]:
    """Where a sentence begins between two places, else where a word does."""
    for pattern in (_SENTENCE, _WORD):
        found = [match.end() for match in pattern.finditer(text, first, last)]
        if found:
            return found
    return []
