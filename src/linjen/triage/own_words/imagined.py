"""When a hit of the tripwire is of nobody here: a what-if, a film, a saying, a dog, a question about illness."""

from __future__ import annotations

from collections.abc import Sequence

from linjen.triage.own_words.expressions import Span
from linjen.triage.own_words.silence_words import holds_phrase, silence_phrases, silence_words
from linjen.triage.own_words.spoken_of import is_spoken_of
from linjen.triage.own_words.words import Token


def is_imagined(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the words of the hit speak of nothing that happened to anybody here."""
    return (
        _is_what_if(tokens, span)
        or _is_for_learning(tokens, span)
        or _is_fiction(tokens, span)
        or _is_general_question(tokens, span)
        or _is_idiom(tokens, span)
        or _is_of_others(tokens, span)
        or is_spoken_of(tokens, span)
    )


def _is_what_if(tokens: Sequence[Token], span: Span) -> bool:
    first = tokens[span[0]]
    start = span[0]
    while start > 0 and tokens[start - 1].clause == first.clause and span[0] - start < 8:
        start -= 1
    words = [token.form for token in tokens[start : span[-1] + 1]]
    head = span[0] - start
    phrases = silence_phrases("what_if")
    sizes = {len(phrase) for phrase in phrases}
    return any(
        tuple(words[at : at + size]) in phrases
        for size in sizes
        for at in range(max(0, head - size - 3), min(head, len(words) - size) + 1)
    )


def _is_for_learning(tokens: Sequence[Token], span: Span) -> bool:
    """Whether it is asked to be ready for it: "hur ska jag göra om barnet sätter i halsen? Vill gå en kurs"."""
    number = tokens[span[0]].sentence
    start = next(at for at, token in enumerate(tokens) if token.sentence == number)
    opens = {token.form for token in tokens[start : start + 2]}
    if not opens & silence_words()["question_words"]:
        return False
    ifs = [at for at in range(start, span[0]) if tokens[at].form in {"om", "ifall"} and span[0] - at <= 5]
    said = [token.form for token in tokens]
    return bool(ifs) and holds_phrase(said, "learning") and not set(said) & silence_words()["now"]


def _is_fiction(tokens: Sequence[Token], span: Span) -> bool:
    """Whether it happened in a film or a book: "i filmen blev han skjuten", but not "mitt i filmen fick jag ont"."""
    near = {token.form for token in tokens[max(0, span[0] - 3) : span[-1] + 1]}
    if near & {"jag", "mig", "mej"}:
        return False
    for at in range(max(1, span[0] - 14), span[-1]):
        if tokens[at].form in silence_words()["fiction"] and tokens[at].sentence == tokens[span[0]].sentence:
            told = tokens[at + 1].form in silence_words()["told"]  # "såg en film där nån fick syra i ögat"
            return told or (tokens[at - 1].form == "i" and (at < 2 or tokens[at - 2].form != "mitt"))
    return False


def _is_general_question(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the sentence asks about illness in general: "hur känns en hjärtinfarkt", "får man köra bil efter …"."""
    number = tokens[span[0]].sentence
    words = [token.form for token in tokens if token.sentence == number]
    if set(words) & (silence_words()["someone"] | silence_words()["now"]) or any(word[0].isdigit() for word in words):
        return False
    heads = {tuple(words[at : at + size]) for at in range(min(4, len(words))) for size in (1, 2, 3, 4)}
    return not heads.isdisjoint(silence_phrases("general_question"))


def _is_idiom(tokens: Sequence[Token], span: Span) -> bool:
    """Whether the hit stands in a saying: "tappade andan när jag såg räkningen"."""
    first, last = max(0, span[0] - 2), min(len(tokens), span[-1] + 4)
    words = [token.form for token in tokens[first:last] if token.sentence == tokens[span[0]].sentence]
    return holds_phrase(words, "idioms")


def _is_of_others(tokens: Sequence[Token], span: Span) -> bool:
    """Whether it happened to an animal, or has happened to somebody who needs no help here: "grannen fick stroke".

    Whoever stands last before the hit in its clause is whom it is about.
    """
    lists, clause = silence_words(), tokens[span[0]].clause
    start, stop = max(0, span[0] - 5), span[-1] + 5
    before = [token.form for token in tokens[start : span[0]] if token.clause == clause]
    after = [token.form for token in tokens[span[0] : stop] if token.clause == clause]
    ends = next((at for at, word in enumerate(after) if word in lists["turns"]), len(after))
    if lists["someone"] & set(after[:ends]):
        return False
    for at in range(len(before) - 1, -1, -1):
        word, ahead = before[at], before[at - 1] if at else ""
        if word in lists["animals"]:
            return ahead not in lists["prepositions"]
        if word in lists["strangers"]:
            sentence = {token.form for token in tokens if token.sentence == tokens[span[0]].sentence}
            # "Kollegan svimmade förra veckan och nu är alla oroliga": now is theirs, not hers.
            over = {"nu", "veckan", "helgen"} if sentence & lists["long_ago"] or "förra" in sentence else set()
            return bool(sentence & lists["past"]) and not sentence & (
                (lists["stranger_needs_help"] | lists["now"]) - over
            )
        if word in lists["someone"] - {"min", "mitt", "mina", "vår"}:
            return False
    return False
