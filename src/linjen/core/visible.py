"""Whether a text has anything to see: not only spaces, and marks that steer how letters are written."""

from __future__ import annotations

import unicodedata

#: Unicode categories that show nothing by themselves: control, format, surrogate, private, unassigned, and separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
#: Letters by their category that are drawn as nothing: the fillers of Hangul, and the braille pattern without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_visible(text: str) -> bool:
    """Is there at least one sign that a reader would see?"""
    return any(char not in _BLANK and unicodedata.category(char) not in _UNSEEN for char in text)
