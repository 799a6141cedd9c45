"""Ett språk som ingen talar: Swedish words with other letters, longer, from right to left. For trying the pages only.

A word that is shown as it was stands in the code; a page that cannot hold these words cannot hold German either; and
what lies on the wrong side would lie there in Arabic, too.
"""

from __future__ import annotations

import re
from typing import Final

#: A code that ISO 639-2 reserves for local use.
MADE_UP: Final = "qps"
#: Around each text, so that one that is cut, or put together from pieces, is seen.
OPEN, CLOSE = "⟦", "⟧"

_LETTERS = str.maketrans("aeiouyAEIOUYåäöÅÄÖ", "âêîôûŷÂÊÎÔÛŶǻǟȫǺǞȪ")
_PLACE = re.compile(r"(\{[^{}]*\})")
_LONGER: Final = 0.3
_FILLING: Final = "ēīō"


def made_up(text: str) -> str:
    """The text in the language that nobody speaks: a third longer, its {places} as they were."""
    parts = [part if _PLACE.fullmatch(part) else part.translate(_LETTERS) for part in _PLACE.split(text)]
    wanted = int(len(text) * _LONGER)
    filling = " ".join([_FILLING] * (wanted // (len(_FILLING) + 1)))
    return f"{OPEN}{''.join(parts)}{' ' if filling else ''}{filling}{CLOSE}"


def made_up_words(swedish: dict[str, str]) -> dict[str, str]:
    """All of the Swedish words in it. What is no text on a page stays: a name of the language, an address."""
    return {key: made_up(text) for key, text in swedish.items()} | {"parts.direction": "rtl"}
