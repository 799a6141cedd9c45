"""When a hit of the tripwire is over: the swelling has gone down, the nosebleed stopped, all is well again.

Only what is harmless once it has passed: after a faint, a stroke or a poisoning somebody must look in any case.
"""

from __future__ import annotations

from collections.abc import Sequence

from linjen.triage.own_words.expressions import Span
from linjen.triage.own_words.long_past import comes_again
from linjen.triage.own_words.silence_words import holds_phrase, silence_words
from linjen.triage.own_words.words import Token

_BEFORE, _AFTER = 3, 9  # words around the hit in which it is said


def is_over(code: str, tokens: Sequence[Token], spans: Sequence[Span]) -> bool:
    """True when the finding is one that can be over, and the words right after it say so and of no return."""
    if code not in silence_words()["ends"]:
        return False
    first, last = min(span[0] for span in spans), max(span[-1] for span in spans)
    near = tokens[max(0, first - _BEFORE) : last + _AFTER + 1]
    said = [token.form for token in near if token.sentence == tokens[last].sentence]
    denied = bool(set(said) & silence_words()["not"])
    return holds_phrase(said, "over") and not denied and not _goes_on(said)


def _goes_on(said: Sequence[str]) -> bool:
    """Whether it has come back: "gick över men började igen". "Bra igen" is no return."""
    well = [
        word
        for at, word in enumerate(said)
        if word != "igen" or said[max(0, at - 1)] not in {"bra", "frisk", "vanligt", "pigg"}
    ]
    return comes_again(well) or bool(set(said) & {"nya", "ny", "värre", "sämre", "fortfarande", "annars"})
