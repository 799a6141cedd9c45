"""When a hit of the tripwire is only spoken of: at work, in a joke, or as an illness that somebody fears or asks about.

An illness that is merely named is less than a symptom: "rädd för stroke men mår bra" says nothing of today, while what
somebody feels is heard however it is said. "Rädd att det är en stroke" is heard, for then there is something.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from linjen.triage.own_words.expressions import Span
from linjen.triage.own_words.long_past import is_grave
from linjen.triage.own_words.silence_words import holds_phrase, silence_phrases, silence_words
from linjen.triage.own_words.words import Token

_FAR = 8  # words between who speaks of it and what is spoken of
_SHORT = 2  # words of a hit that is no more than a name


def is_spoken_of(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the words of the hit are what somebody works with, exaggerates, fears or asks about."""
    sentence = [token.form for token in tokens if token.sentence == tokens[span[0]].sentence]
    return (
        _is_at_work(tokens, span)
        or _is_exaggerated(tokens, span)
        or _is_a_death(tokens, span)
        or (
            _is_a_name(tokens, span)
            and (
                _is_asked_about(tokens, span, sentence)
                or _is_feared(tokens, span, sentence)
                or _is_known(tokens, span, sentence)
            )
        )
    )


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    grave = tuple(silence_words()["grave"])  # fear of these is itself what must be heard
    return tuple(name for name in silence_words()["illness"] | silence_words()["named"] if not name.startswith(grave))


def _is_a_name(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the hit is the name of an illness or of a danger, and no symptom."""
    return len(span) <= _SHORT and any(tokens[at].form.startswith(_names()) for at in span)


def _ahead(tokens: Sequence[Token], span: Span) -> list[str]:
    """The words of the hit's clause before it, not far."""
    start = max(0, span[0] - _FAR)
    return [token.form for token in tokens[start : span[0]] if token.clause == tokens[span[0]].clause]


def _after_phrase(words: Sequence[str], name: str) -> list[str] | None:
    """The words that follow the last phrase of a list; None when none of them is there."""
    phrases = silence_phrases(name)
    sizes = sorted({len(phrase) for phrase in phrases})
    for at in range(len(words) - 1, -1, -1):
        for size in sizes:
            if tuple(words[at : at + size]) in phrases:
                return list(words[at + size :])
    return None


def _is_at_work(tokens: Sequence[Token], span: Span) -> bool:
    """ "Jobbar på stroken", "kurs i suicidprevention", but not "jobbar på ett bygge och fick nåt i ögat"."""
    between = _after_phrase(_ahead(tokens, span), "at_work")
    return between is not None and not set(between) & (silence_words()["turns"] | silence_words()["happens"])


def _is_exaggerated(tokens: Sequence[Token], span: Span) -> bool:
    """ "Skrattade så vi höll på att kvävas": nearly, and of laughter, suspense or a bill."""
    if is_grave(tokens, span):
        return False
    ahead = _ahead(tokens, span)
    after = [token.form for token in tokens[span[-1] + 1 : span[-1] + _FAR] if token.clause == tokens[span[-1]].clause]
    said = {*ahead, *(after if after[:1] and after[0] in {"av", "åt", "när"} else ())}
    return holds_phrase([*ahead, tokens[span[0]].form], "nearly") and bool(said & silence_words()["mirth"])


def _is_a_death(tokens: Sequence[Token], span: Span) -> bool:
    """ "Min kusin tog livet av sig i våras": somebody has died, not now, and it says nothing of who writes."""
    whole = {token.form for token in tokens}
    if not whole & silence_words()["grief"] or whole & {"hjälp", "nu", "nyss", "precis", "idag", "också", "även"}:
        return False
    said = [
        token.form for token in tokens[max(0, span[0] - 1) : span[-1] + 4] if token.clause == tokens[span[0]].clause
    ]
    return holds_phrase(said, "took_own_life")


def _is_asked_about(tokens: Sequence[Token], span: Span, sentence: Sequence[str]) -> bool:
    """ "Finns det huggorm där vi ska tälta", "kan man få propp av p-piller": a question right before the name."""
    between = _after_phrase(_ahead(tokens, span), "asks_of")
    if between is None or len(between) > 5 or set(sentence) & silence_words()["now"]:
        return False
    return not set(between) & (silence_words()["turns"] | silence_words()["happens"])


def _is_known(tokens: Sequence[Token], span: Span, sentence: Sequence[str]) -> bool:
    """ "Hostar sen stroken", "tunn i målet efter slaganfallet": it has been, and today it is another thing."""
    first = tokens[span[0]].form
    after = span[0] > 0 and tokens[span[0] - 1].form in {"efter", "sedan", "sen", "före", "innan"}
    return after and first.endswith(("en", "et")) and not set(sentence) & silence_words()["now"]


def _is_feared(tokens: Sequence[Token], span: Span, sentence: Sequence[str]) -> bool:
    """ "Rädd för stroke", and "orolig att det är hjärnhinneinflammation men de bleknar": nothing, or all is well."""
    between = _after_phrase(_ahead(tokens, span[-1:]), "fears")  # "rädd … stroke" may itself be the hit
    if between is None:
        return False
    wards_off = between[:1] == ["för"] and len(between) <= 3 and not {"att", "så"} & set(between)
    rest = [token.form for token in tokens[span[-1] + 1 :]]
    turned = next((at for at, word in enumerate(rest) if word in {"men", "fast", "trots", "dock"}), None)
    reassured = turned is not None and holds_phrase(rest[turned:], "all_is_well")
    return wards_off or reassured
