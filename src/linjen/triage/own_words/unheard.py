"""Oläst: what no machine here can read is told to a person, so that nothing that was written goes unread."""

from __future__ import annotations

from linjen.triage.own_words.tripwire import find_red_flags
from linjen.triage.own_words.words import is_foreign

#: In the place of a finding code: a language that the lexicon has no words of, and a text that could not be read.
LANGUAGE, FAULT = "unheard.language", "unheard.fault"
UNHEARD = (LANGUAGE, FAULT)
_QUOTED = 200


def heard_in(text: str) -> dict[str, str]:
    """Finding codes that the text speaks of with the words that hit; LANGUAGE with its beginning when it is foreign."""
    return find_red_flags(text) or ({LANGUAGE: beginning(text)} if is_foreign(text) else {})


def beginning(text: str) -> str:
    """As much of a text as is quoted where nothing in it was understood."""
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " …"
