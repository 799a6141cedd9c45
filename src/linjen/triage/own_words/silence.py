"""When a hit of the tripwire stays silent: denied, long past, a relative's past, or a mere what-if.

Silence asks for the whole phrase: between the denying word and the hit only words without content may stand. When in
doubt the hit is kept, because it becomes a question and nothing worse.
"""

from __future__ import annotations

from collections.abc import Sequence

from linjen.triage.own_words.expressions import Span
from linjen.triage.own_words.imagined import is_imagined
from linjen.triage.own_words.long_past import is_past
from linjen.triage.own_words.silence_words import silence_phrases, silence_words
from linjen.triage.own_words.words import Token

_ENDS_DENIAL = frozenset(
    ("heller", "alls", "när", "nar", "av", "och", "men", "nu", "efter", "sen", "än", "ännu", "då", "idag")
)
_AND = frozenset(("och", "o", "å", "samt", "and"))


def is_silent(tokens: Sequence[Token], spans: Sequence[Span]) -> bool:
    """True when the hit, given as the places of its rows, is wholly denied, past, a relative's past or a what-if."""
    own = frozenset(place for span in spans for place in span)
    return any(
        _is_denied(tokens, span, own)
        or _is_as_usual(tokens, span)
        or is_past(tokens, span)
        or is_imagined(tokens, span)
        for span in spans
    )


def _is_denied(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    # A denying word that is itself part of the hit ("får inte luft") denies nothing.
    within = [at for at in range(span[0] + 1, span[-1]) if at not in own]
    if _denies_another(tokens, span, own):
        return True
    if any(
        tokens[at].form in silence_words()["after_not"] and tokens[at + 1].form not in silence_words()["not_denied"]
        for at in within
    ):
        return True
    return _is_denied_before(tokens, span, own) or _is_denied_after(tokens, span, own)


def _denies_another(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    """Whether the hit's own denying word begins a new phrase about something else: "ser bra o inget ont".

    "Ser inget" and "ser inget på ögat" deny what was seen; "ser bra, inget ont" and "dricker lite, ingen tvål" do not.
    """
    last = len(tokens) - 1
    for at in range(span[0] + 1, span[-1] + 1):
        if tokens[at].form not in silence_words()["no_such"]:
            continue
        starts = tokens[at].clause != tokens[at - 1].clause or tokens[at - 1].form in _AND
        follows = tokens[at + 1] if at < last and tokens[at + 1].clause == tokens[at].clause else None
        if not starts or follows is None or follows.form in silence_words()["no_noun"]:
            continue
        if at in own and at == span[-1] and at + 1 not in own:
            return True
        if at not in own and at + 1 == span[-1]:
            return True
    return False


def _is_as_usual(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the words only say that something works: "kissar och dricker som vanligt"."""
    works = silence_words()["works"]
    if not all(tokens[at].form in works for at in span):
        return False
    at = span[-1] + 1
    while at < len(tokens) and tokens[at].form in works | _AND:
        at += 1
    rest = [token.form for token in tokens[at : at + 2] if token.sentence == tokens[span[-1]].sentence]
    return bool(rest) and (rest[0] in silence_words()["well"] or tuple(rest) in silence_phrases("as_usual"))


def _is_denied_before(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    first = tokens[span[0]]
    between: list[int] = []
    for at in range(span[0] - 1, max(-1, span[0] - 10), -1):
        token = tokens[at]
        if token.sentence != first.sentence or (
            token.form in silence_words()["break"] and token.form not in silence_words()["filler"]
        ):
            return False
        if token.form in silence_words()["not"] and at not in own:
            return _reaches(tokens, at, list(reversed(between)), span)
        if at not in own:
            between.append(at)
    return False


def _reaches(tokens: Sequence[Token], denial: int, between: list[int], span: Span) -> bool:
    """Whether the denying word reaches the hit: only filler between, or one list held together by "eller"."""
    words = [tokens[at].form for at in between]
    if words and words[0] in silence_words()["not_denied"]:
        return False
    # "har aldrig haft så ont" says how bad it is.
    if tokens[denial].form in {"aldrig", "never"} and not silence_words()["such"].isdisjoint(words):
        return False
    same_clause = tokens[denial].clause == tokens[span[0]].clause
    if same_clause and all(word in silence_words()["filler"] for word in words):
        return True
    if tokens[denial].form not in silence_words()["listing_not"] or len(words) > 8:
        return False
    if tokens[denial].form == "varken" or any(word in silence_words()["or"] for word in words):
        return True
    ahead = [token.form for token in tokens[span[-1] + 1 : span[-1] + 4] if token.sentence == tokens[span[0]].sentence]
    return len(span) == 1 and any(word in silence_words()["or"] for word in ahead)


def _is_denied_after(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    last = tokens[span[-1]]
    if any(place in own for place in range(span[-1] + 1, span[-1] + 3)):
        return False
    if _is_answered_no(tokens, span[-1] + 1):
        return True
    rest = [token.form for token in tokens[span[-1] + 1 : span[-1] + 6] if token.clause == last.clause]
    if tuple(rest[:2]) in silence_phrases("as_usual") and rest[0] == "utan":
        return True
    # "ont i bröstet har jag inte"
    while rest and rest[0] in silence_words()["before_not"]:
        rest = rest[1:]
    if not rest or rest[0] not in silence_words()["after_not"]:
        return False
    return len(rest) == 1 or rest[1] in _ENDS_DENIAL


def _is_answered_no(tokens: Sequence[Token], at: int) -> bool:
    """Whether a lone no stands there: "feber? nej", "andnöd: nej"."""
    if at >= len(tokens) or tokens[at].form not in {"nej", "nope", "no"} or tokens[at].clause == tokens[at - 1].clause:
        return False
    return at + 1 == len(tokens) or tokens[at + 1].clause != tokens[at].clause
