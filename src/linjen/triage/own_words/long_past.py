"""When a hit of the tripwire lies in the past: long ago, always been so, or a relative's illness of old."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from linjen.triage.own_words.expressions import Span
from linjen.triage.own_words.silence_words import holds_phrase, silence_words
from linjen.triage.own_words.words import Token

_CUTS = frozenset(("och", "men", "samt", "fast", "but", "and", "nu"))


#: "Mamma dog av det, har jag samma risk?"
_NO_RETURN = frozenset(("samma", word) for word in ("risk", "gen", "anlag", "sjukdom", "läkare"))


@lru_cache(maxsize=1)
def _illnesses() -> tuple[str, ...]:
    return tuple(silence_words()["illness"])


def is_grave(tokens: Sequence[Token], span: Span) -> bool:
    """Whether it is never harmless, however long it has been so: thoughts of death, violence."""
    return any(tokens[at].form.startswith(tuple(silence_words()["grave"])) for at in span)


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


def is_past(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the clause of the hit tells of something that is over, and nothing says that it has come back."""
    chunk = _chunk(tokens, span)
    words = [token.form for token in chunk]
    present = set(words)
    if present & silence_words()["now"]:
        return False
    sentence = [token.form for token in tokens if token.sentence == tokens[span[0]].sentence]
    illness = any(tokens[at].form.startswith(_illnesses()) for at in span)
    earlier = bool(present & silence_words()["past"]) and holds_phrase(sentence, "then")
    kin = bool(
        present & silence_words()["kin"]
        and (present & silence_words()["kin_died"] or (illness and present & silence_words()["kin_past"]))
    )
    since = "dess" in sentence and _is_long_ago(sentence)  # "föll från ett träd som barn och har haft ont sen dess"
    always = (
        holds_phrase(sentence, "always") and not is_grave(tokens, span) and not set(sentence) & silence_words()["now"]
    )
    if (kin or since or always or earlier or _is_long_ago(words)) and not comes_again(sentence):
        return True
    return bool(present & silence_words()["past"]) and _is_earlier(words) and not set(sentence) & silence_words()["now"]


def _is_earlier(words: Sequence[str]) -> bool:
    """Whether the words tell of an earlier time; "aldrig förut" and "på en gång" do not."""
    if "gånger" in words or "aldrig" in words:
        return False
    return any(
        word in silence_words()["earlier"]
        and not set(words[max(0, at - 4) : at]) & silence_words()["not"]
        and list(words[max(0, at - 2) : at]) != ["på", "en"]
        for at, word in enumerate(words)
    )


def comes_again(sentence: Sequence[str]) -> bool:
    """Whether the sentence tells of a return: "hade det för tio år sedan och nu är det likadant"."""
    return any(
        word in silence_words()["again"]
        and (word, sentence[at + 1] if at + 1 < len(sentence) else "") not in _NO_RETURN
        and not set(sentence[max(0, at - 3) : at]) & silence_words()["not"]
        for at, word in enumerate(sentence)
    )


def _is_long_ago(words: list[str]) -> bool:
    lists = silence_words()
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
