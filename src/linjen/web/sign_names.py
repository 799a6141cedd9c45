"""Warning signs by name, for staff: the vocabulary's, and what stands in their place when nothing could be read."""

from __future__ import annotations

from linjen.triage.own_words.unheard import UNHEARD
from linjen.triage.vocabulary import vocabulary
from linjen.web.words import say


def sign_name(code: str) -> str:
    """A warning sign's name; the code itself for one that this program no longer knows."""
    if code in UNHEARD:
        return say("sv", f"clinic.alarms.{code}")
    signs = vocabulary().findings
    return signs[code].name if code in signs else code
