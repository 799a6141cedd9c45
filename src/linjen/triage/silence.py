"""When a hit of the tripwire stays silent: denied, long past, a relative's past, or a mere what-if.

Silence asks for the whole phrase: between the denying word and the hit only words without content may stand. When in
doubt the hit is kept, because it becomes a question and nothing worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from linjen.triage.expressions import Span
from linjen.triage.words import Token, fold, read_lexicon_file

_ENDS_DENIAL = frozenset(
    ("heller", "alls", "när", "nar", "av", "och", "men", "nu", "efter", "sen", "än", "ännu", "då", "idag")
)
_CUTS = frozenset(("och", "men", "samt", "fast", "but", "and", "nu"))


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    """The word lists, each word also as typed without dots and rings."""
    lists = read_lexicon_file("silence.yaml")
    return {name: frozenset(text.split()) | frozenset(fold(text).split()) for name, text in lists.items()}


@lru_cache(maxsize=4)
def _phrases(name: str) -> tuple[tuple[str, ...], ...]:
    phrases = [phrase.strip() for phrase in read_lexicon_file("silence.yaml")[name].split(",")]
    return tuple(dict.fromkeys(tuple(phrase.split()) for phrase in (*phrases, *map(fold, phrases))))


def _holds(words: Sequence[str], phrase: tuple[str, ...]) -> bool:
    return any(tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words) - len(phrase) + 1))


@lru_cache(maxsize=1)
def _as_usual() -> frozenset[str]:
    phrases = [phrase.strip() for phrase in read_lexicon_file("silence.yaml")["as_usual"].split(",")]
    return frozenset((*phrases, *(fold(phrase) for phrase in phrases)))


@lru_cache(maxsize=1)
def _illnesses() -> tuple[str, ...]:
    return tuple(_words()["illness"])


def is_silent(tokens: Sequence[Token], spans: Sequence[Span]) -> bool:
    """True when the hit, given as the places of its rows, is wholly denied, past, a relative's past or a what-if."""
    own = frozenset(place for span in spans for place in span)
    return any(
        _is_denied(tokens, span, own)
        or _is_as_usual(tokens, span)
        or _is_past(tokens, span)
        or _is_what_if(tokens, span)
        or _is_fiction(tokens, span)
        or _is_general_question(tokens, span)
        for span in spans
    )


def _is_denied(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    # A denying word that is itself part of the hit ("får inte luft") denies nothing.
    within = [at for at in range(span[0] + 1, span[-1]) if at not in own]
    if any(
        tokens[at].form in _words()["after_not"] and tokens[at + 1].form not in _words()["not_denied"] for at in within
    ):
        return True
    return _is_denied_before(tokens, span, own) or _is_denied_after(tokens, span, own)


def _is_as_usual(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the words only say that something works: "kissar och dricker som vanligt"."""
    works = _words()["works"]
    if not all(tokens[at].form in works for at in span):
        return False
    at = span[-1] + 1
    while at < len(tokens) and tokens[at].form in works | _CUTS:
        at += 1
    rest = [token.form for token in tokens[at : at + 2] if token.sentence == tokens[span[-1]].sentence]
    return bool(rest) and (rest[0] in _words()["well"] or " ".join(rest) in _as_usual())


def _is_denied_before(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    first = tokens[span[0]]
    between: list[int] = []
    for at in range(span[0] - 1, max(-1, span[0] - 10), -1):
        token = tokens[at]
        if token.sentence != first.sentence or (
            token.form in _words()["break"] and token.form not in _words()["filler"]
        ):
            return False
        if token.form in _words()["not"] and at not in own:
            return _reaches(tokens, at, list(reversed(between)), span)
        if at not in own:
            between.append(at)
    return False


def _reaches(tokens: Sequence[Token], denial: int, between: list[int], span: Span) -> bool:
    """Whether the denying word reaches the hit: only filler between, or one list held together by "eller"."""
    words = [tokens[at].form for at in between]
    if words and words[0] in _words()["not_denied"]:
        return False
    # "har aldrig haft så ont" says how bad it is.
    if tokens[denial].form in {"aldrig", "never"} and not _words()["such"].isdisjoint(words):
        return False
    same_clause = tokens[denial].clause == tokens[span[0]].clause
    if same_clause and all(word in _words()["filler"] for word in words):
        return True
    if tokens[denial].form not in _words()["listing_not"] or len(words) > 8:
        return False
    if tokens[denial].form == "varken" or any(word in _words()["or"] for word in words):
        return True
    ahead = [token.form for token in tokens[span[-1] + 1 : span[-1] + 4] if token.sentence == tokens[span[0]].sentence]
    return len(span) == 1 and any(word in _words()["or"] for word in ahead)


def _is_denied_after(tokens: Sequence[Token], span: Span, own: frozenset[int]) -> bool:
    last = tokens[span[-1]]
    if any(place in own for place in range(span[-1] + 1, span[-1] + 3)):
        return False
    if _is_answered_no(tokens, span[-1] + 1):
        return True
    rest = [token.form for token in tokens[span[-1] + 1 : span[-1] + 6] if token.clause == last.clause]
    if " ".join(rest[:2]) in _as_usual() and rest[0] == "utan":
        return True
    # "ont i bröstet har jag inte"
    while rest and rest[0] in _words()["before_not"]:
        rest = rest[1:]
    if not rest or rest[0] not in _words()["after_not"]:
        return False
    return len(rest) == 1 or rest[1] in _ENDS_DENIAL


def _is_answered_no(tokens: Sequence[Token], at: int) -> bool:
    """Whether a lone no stands there: "feber? nej", "andnöd: nej"."""
    if at >= len(tokens) or tokens[at].form not in {"nej", "nope", "no"} or tokens[at].clause == tokens[at - 1].clause:
        return False
    return at + 1 == len(tokens) or tokens[at + 1].clause != tokens[at].clause


def _chunk(tokens: Sequence[Token], span: Span) -> list[Token]:
    """The words of the hit's clause, cut at "och" and "men" too."""
    start, stop = span[0], span[-1]
    while start > 0 and tokens[start - 1].clause == tokens[span[0]].clause and tokens[start - 1].form not in _CUTS:
        start -= 1
    while (
        stop + 1 < len(tokens)
        and tokens[stop + 1].clause == tokens[span[-1]].clause
        and tokens[stop + 1].form not in _CUTS
    ):
        stop += 1
    return list(tokens[start : stop + 1])


def _is_past(tokens: Sequence[Token], span: Span) -> bool:
    chunk = _chunk(tokens, span)
    words = [token.form for token in chunk]
    present = set(words)
    if present & _words()["now"]:
        return False
    sentence = [token.form for token in tokens if token.sentence == tokens[span[0]].sentence]
    illness = any(tokens[at].form.startswith(_illnesses()) for at in span)
    kin = bool(
        present & _words()["kin"] and (present & _words()["kin_died"] or (illness and present & _words()["kin_past"]))
    )
    since = "dess" in sentence and _is_long_ago(sentence)  # "föll från ett träd som barn och har haft ont sen dess"
    always = any(_holds(sentence, phrase) for phrase in _phrases("always")) and not set(sentence) & _words()["now"]
    if (kin or since or always or _is_long_ago(words)) and not _comes_again(sentence):
        return True
    return bool(present & _words()["past"]) and _is_earlier(words) and not set(sentence) & _words()["now"]


def _is_earlier(words: Sequence[str]) -> bool:
    """Whether the words tell of an earlier time; "aldrig förut" and "på en gång" do not."""
    if "gånger" in words or "aldrig" in words:
        return False
    return any(
        word in _words()["earlier"]
        and not set(words[max(0, at - 4) : at]) & _words()["not"]
        and list(words[max(0, at - 2) : at]) != ["på", "en"]
        for at, word in enumerate(words)
    )


def _comes_again(sentence: Sequence[str]) -> bool:
    """Whether the sentence tells of a return: "hade det för tio år sedan och nu är det likadant"."""
    return any(
        word in _words()["again"] and not set(sentence[max(0, at - 3) : at]) & _words()["not"]
        for at, word in enumerate(sentence)
    )


def _is_long_ago(words: list[str]) -> bool:
    lists = _words()
    for at in range(1, len(words)):
        word, before = words[at], words[at - 1]
        since = at > 1 and words[at - 2] in {"sedan", "sen", "sedn"}  # "sedan i våras": it goes on
        if word in {"sedan", "sen", "ago"} and before in lists["year_units"]:
            return "för" in words[:at] or "for" in words[:at] or word == "ago"
        if word in lists["long_ago"] and before in lists["before_long_ago"] and not since:
            return True
        if (
            word.isdigit()
            and 1930 <= int(word) <= 2100
            and set(words) & lists["past"]
            and before not in {"sedan", "sen"}
        ):
            return True
        if word in lists["last_unit"] and before in {"förra", "forra", "last"} and not since:
            return True
        # "när hon var ett år", "när jag var tio"
        counts = word.isdigit() or word in lists["small_numbers"]
        if before == "var" and counts and {"när", "nar"} & set(words[:at]) and words[at - 2] in lists["pronouns"]:
            return True
    return bool(words) and words[0].isdigit() and 1930 <= int(words[0]) <= 2100 and bool(set(words) & lists["past"])


def _is_what_if(tokens: Sequence[Token], span: Span) -> bool:
    first = tokens[span[0]]
    start = span[0]
    while start > 0 and tokens[start - 1].clause == first.clause and span[0] - start < 8:
        start -= 1
    words = [token.form for token in tokens[start : span[-1] + 1]]
    head = span[0] - start
    for phrase in _phrases("what_if"):
        for at in range(max(0, head - len(phrase) - 3), len(words) - len(phrase) + 1):
            if at <= head and tuple(words[at : at + len(phrase)]) == phrase:
                return True
    return False


def _is_fiction(tokens: Sequence[Token], span: Span) -> bool:
    """Whether it happened in a film or a book: "i filmen blev han skjuten", but not "mitt i filmen fick jag ont"."""
    near = {token.form for token in tokens[max(0, span[0] - 3) : span[-1] + 1]}
    if near & {"jag", "mig", "mej"}:
        return False
    for at in range(max(1, span[0] - 14), span[0]):
        if tokens[at].form in _words()["fiction"] and tokens[at].sentence == tokens[span[0]].sentence:
            return tokens[at - 1].form == "i" and (at < 2 or tokens[at - 2].form != "mitt")
    return False


def _is_general_question(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the sentence asks about illness in general: "hur känns en hjärtinfarkt", "får man köra bil efter …"."""
    number = tokens[span[0]].sentence
    words = [token.form for token in tokens if token.sentence == number]
    if set(words) & (_words()["someone"] | _words()["now"]) or any(word[0].isdigit() for word in words):
        return False
    heads = {tuple(words[at : at + size]) for at in range(min(4, len(words))) for size in (1, 2, 3, 4)}
    return not heads.isdisjoint(_phrases("general_question"))
