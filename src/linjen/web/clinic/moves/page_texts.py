"""Whether what is sent to a patient is the page's own text or the writer's: only her own words answer a question."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

#: Above this share of what two texts have in common, one is the other with some words changed.
_LIKE = 0.6
#: A page's own text is a few sentences; what is longer than this has words of the writer's own.
_LONGEST = 1_500


def is_pages_own(text: str, offered: Iterable[str]) -> bool:
    """Whether a text is one of those that the page offered, also with a word changed: it promises an answer at most.

    What has become more than twice as long again, or says something else, is the writer's own.
    """
    sent = _plain(text)
    return any(_is_like(sent, _plain(one)) for one in offered)


def _is_like(sent: str, offered: str) -> bool:
    if sent == offered:
        return True
    if not offered or len(sent) > _LONGEST:
        return False
    return SequenceMatcher(None, sent, offered, autojunk=False).ratio() > _LIKE


def _plain(text: str) -> str:
    return " ".join(text.split())
