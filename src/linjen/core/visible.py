"""What of a typed text is kept, and whether it has anything to see: not only spaces and marks that steer letters."""

from __future__ import annotations

import re
import unicodedata

#: Unicode categories that show nothing by themselves: control, format, surrogate, private, unassigned, and separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
#: Letters by their category that are drawn as nothing: the fillers of Hangul, and the braille pattern without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: Ends of lines of other systems; alone, the first would begin a new field where lines are told apart by it.
_LINE_ENDS = re.compile(r"\r\n?|\x85|\u2028|\u2029")
#: Steers a terminal or a printer and shows nothing. NUL is left: who sends it is told that the text is unreadable.
_CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")
#: Either of them: nearly no text has any, and then it is looked at once.
_ODD = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
#: Marks, embeddings, overrides and isolates that choose in which direction letters are drawn.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_text(text: str) -> str:
    """The text with \\n as its only end of line, and without control characters other than \\n and \\t."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)) if _ODD.search(text) else text


def straight_text(text: str) -> str:
    """As `plain_text`, and without what turns letters around: for a line that stands among words of ours, whose
    direction it must not take over. What somebody writes in her own language keeps it.
    """
    return _TURNING.sub("", plain_text(text))


def is_visible(text: str) -> bool:
    """Is there at least one sign that a reader would see?"""
    return any(char not in _BLANK and unicodedata.category(char) not in _UNSEEN for char in text)
