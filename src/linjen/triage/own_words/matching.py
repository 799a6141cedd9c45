"""From a resident's own words to the best contact reasons, together with what the tripwire saw."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

import msgspec

from linjen.core.collector import collector_waits
from linjen.triage.own_words.compiled import find_compiled, keep_compiled, key_of
from linjen.triage.own_words.likeness import Learned, Likeness, WordClasses, learn
from linjen.triage.own_words.tripwire import find_red_flags, is_alarming
from linjen.triage.own_words.words import are_undotted, detect_language, fold, read_lexicon_file, tokenise

#: More than are ever shown: some of them are for other patients than this one.
_BEST = 12
_OTHER = "ovrigt"


class Reading(msgspec.Struct, frozen=True):
    """What a text says: its language (ISO 639-1, or "other"), the best contact reasons of contact_reasons.tsv as
    (id, score 0..1), the red flags (finding codes, most urgent first), for each the words that hit, and whether one of
    them has level 1 or 2."""

    language: str
    reasons: list[tuple[str, float]]
    red_flags: list[str]
    quotes: dict[str, str]
    alarm: bool


#: Phrases of a version's own files beside those of the lexicon: (contact reason, phrase).
Phrases = tuple[tuple[str, str], ...]


def read_text(text: str, own: Phrases = ()) -> Reading:
    """Read a resident's own words: a pure function of the text, the lexicon and the version's `own` phrases.

    Any text can be read, also none.
    """
    quotes = find_red_flags(text)
    codes = list(quotes)
    return Reading(detect_language(text), match_reasons(text, own), codes, quotes, is_alarming(codes))


def match_reasons(text: str, own: Phrases = ()) -> list[tuple[str, float]]:
    """The twelve best contact reasons with scores 0..1, best first; fewer when the text shares nothing with the others,
    and "ovrigt" with 0 when it shares nothing at all or says nothing of what is wrong."""
    scores = {} if says_nothing(text) else _likeness(own).scores(text)
    best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:_BEST]
    return [(reason, round(min(1.0, score), 4)) for reason, score in best] or [(_OTHER, 0.0)]


def says_nothing(text: str) -> bool:
    """Whether a text holds nothing but greetings and small words: "hej, behöver hjälp med en sak".

    Letter pieces would find some contact reason in any words, and offering one would be odd.
    """
    words = [token.form for token in tokenise(text)]
    small, courtesy = _empty_words(folded=are_undotted(words))
    # Small words alone may say a good deal: "får inte upp den".
    return not words or (not courtesy.isdisjoint(words) and set(words) <= small | courtesy)


@lru_cache(maxsize=2)
def _empty_words(*, folded: bool) -> tuple[frozenset[str], frozenset[str]]:
    """The small words and those of courtesy, as typed without dots and rings or not."""
    keep = read_lexicon_file("keep.yaml")
    small, courtesy = (fold(keep[name]) if folded else keep[name] for name in ("small", "courtesy"))
    return frozenset(small.split()), frozenset(courtesy.split())


@lru_cache(maxsize=6)  # the running version, and those that interviews under way were begun on
def _likeness(own: Phrases) -> Likeness:
    """Made ready from what an earlier start has worked out, or worked out now and kept for the next one."""
    with collector_waits():
        classes = _classes()
        key = key_of(_sources(own))
        kept = find_compiled(_KEPT, key)
        if kept is not None:
            return Likeness(msgspec.msgpack.decode(kept, type=Learned), classes)
        learned = learn(dict.fromkeys([*reason_phrases(), *own]), classes)
        keep_compiled(_KEPT, key, msgspec.msgpack.encode(learned))
        return Likeness(learned, classes)


@lru_cache(maxsize=1)
def _classes() -> WordClasses:
    return WordClasses(read_lexicon_file("concepts.yaml"))


_KEPT = "likeness"
#: Every file that what is learned from the phrases follows from, beside the openings.
_FOLLOWS_FROM = (
    "contact_reasons.tsv", "lexicon/lay_words.yaml", "lexicon/concepts.yaml", "lexicon/keep.yaml",
    *(f"own_words/{name}.py" for name in ("matching", "likeness", "expressions", "patterns", "slips", "words")),
)  # fmt: skip


def _sources(own: Phrases) -> Iterator[bytes]:
    folder = files("linjen.triage")
    yield from (folder.joinpath(*part.split("/")).read_bytes() for part in _FOLLOWS_FROM)
    yield from (raw for _, raw in _openings())
    yield msgspec.msgpack.encode(own)


def _openings() -> list[tuple[str, bytes]]:
    """How people open, as lexicon/openings/<contact reason>.txt has it, a phrase a line."""
    found = files("linjen.triage").joinpath("lexicon", "openings").iterdir()
    return [(path.name.removesuffix(".txt"), path.read_bytes()) for path in sorted(found, key=lambda path: path.name)]


def reason_phrases() -> list[tuple[str, str]]:
    """What people call each contact reason: its id with a name, a synonym or a lay word, in the files' order."""
    text = files("linjen.triage").joinpath("contact_reasons.tsv").read_text("utf-8")
    phrases = []
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        phrases.append((row["id"], row["name_sv"]))
        phrases.extend((row["id"], phrase.strip()) for phrase in row["synonyms_sv"].split(","))
    for reason, lay in read_lexicon_file("lay_words.yaml").items():
        phrases.extend((reason, phrase.strip()) for phrase in lay.split(",") if phrase.strip())
    for reason, raw in _openings():
        phrases.extend((reason, line.strip()) for line in raw.decode().splitlines() if line.strip())
    return phrases
