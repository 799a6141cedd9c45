"""Words of a free text: tokens with places, sentences, spelling keys and the language they are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

import msgspec
import yaml

_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)?|[^\W\d_]+(?:['’\-][^\W\d_]+)*|[.!?;:…\n]+|,|/|\+|>|<|%")
_SENTENCE_END = frozenset(".!?;…\n")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
#: The letters that tell Swedish.
_DOTTED = frozenset("åäö")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_FOLD = str.maketrans("åäöéèêëáàâãóòôõúùûüíìîïñçøæ", "aaoeeeeaaaaoooouuuuiiiincoa")
_ACCENTS = str.maketrans("éèêëáàâãóòôõúùûüíìîïñçøæ", "eeeeaaaaoooouuuuiiiincöä")
_MAX_CHARACTERS = 6000
#: So many words more make a quote whole.
_NEAR_EDGE = 4


class Token(msgspec.Struct, frozen=True):
    """One word or number: its normal form, its place in the text (characters), its sentence and clause number."""

    form: str
    start: int
    end: int
    sentence: int
    clause: int


@lru_cache(maxsize=4096)
def normal(word: str) -> str:
    """Lower case, composed letters, no accents but å ä ö, and "ooont" drawn together to "ont"."""
    return _STRETCHED.sub(r"\1", unicodedata.normalize("NFC", word).lower().translate(_ACCENTS).replace("’", "'"))


def unaccented(line: str) -> str:
    """A line of the lexicon in the letters that words of a text have: "blør" as "blör", "respiración" as "-cion"."""
    return line.translate(_ACCENTS)


def fold(word: str) -> str:
    """The word without the dots and rings of å ä ö, as typed on a foreign keyboard."""
    return word.translate(_FOLD)


def are_undotted(words: Iterable[str]) -> bool:
    """Whether no word has å, ä or ö, as when all are typed on a foreign keyboard."""
    return all(map(_DOTTED.isdisjoint, words))


def tokenise(text: str) -> list[Token]:
    """Words and numbers of the first 6,000 characters, each with the number of its sentence and clause."""
    tokens: list[Token] = []
    sentence = clause = 0
    for found in _TOKEN.finditer(unicodedata.normalize("NFC", text)[:_MAX_CHARACTERS]):
        form = found.group()
        if form[0] in _SENTENCE_END:
            sentence, clause = sentence + 1, clause + 1
        elif form in {",", ":"} or form[0] == ":":
            clause += 1
        else:
            tokens.append(Token(normal(form), found.start(), found.end(), sentence, clause))
    return tokens


def quote_of(text: str, tokens: Sequence[Token], places: Iterable[int], *, whole: bool = False) -> str:
    """The writer's own words at `places` (token numbers); what stands far apart is joined by dots.

    With `whole` a piece that begins or ends near the edge of its clause reaches it: "kan inte andas", not "andas".
    """
    pieces: list[list[int]] = []
    for place in sorted(set(places)):
        if pieces and place - pieces[-1][1] <= 4 and tokens[place].sentence == tokens[pieces[-1][1]].sentence:
            pieces[-1][1] = place
        else:
            pieces.append([place, place])
    if whole:
        pieces = _grown(tokens, pieces)
    return " … ".join(text[tokens[first].start : tokens[last].end] for first, last in pieces)


def _grown(tokens: Sequence[Token], pieces: Iterable[Sequence[int]]) -> list[list[int]]:
    """Each piece to the edges of its clause where they are near; those that meet are one."""
    grown: list[list[int]] = []
    for first, last in ((_edge(tokens, first, -1), _edge(tokens, last, 1)) for first, last in pieces):
        if grown and first <= grown[-1][1] + 1:
            grown[-1][1] = max(last, grown[-1][1])
        else:
            grown.append([first, last])
    return grown


def _edge(tokens: Sequence[Token], place: int, step: int) -> int:
    """The first or last word of the clause around `place`, where that is near; else the place itself."""
    edge = place
    while 0 <= edge + step < len(tokens) and tokens[edge + step].clause == tokens[place].clause:
        edge += step
        if abs(edge - place) > _NEAR_EDGE:
            return place
    return edge


_SOFT_C = re.compile(r"c(?=[eiy])")
_SILENT_START = re.compile(r"^(?:hj|gj|dj|lj)")
_DOUBLED = re.compile(r"(.)\1")
_SOUNDS = (("stj", "sj"), ("skj", "sj"), ("sch", "sj"), ("ch", "sj"), ("z", "s"), ("ck", "k"), ("c", "k"), ("q", "k"),
           ("x", "ks"), ("w", "v"), ("ph", "f"), ("th", "t"), ("ä", "e"))  # fmt: skip


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """A spelling key shared by words that a hurried writer mixes up: doubled letters, ck/k, ä/e, the sj-sounds."""
    word = _SOFT_C.sub("s", _SILENT_START.sub("j", word)) if "c" in word or word[1:2] == "j" else word
    for letters, key in _SOUNDS:
        word = word.replace(letters, key)
    return _DOUBLED.sub(r"\1", word)


def is_near(one: str, other: str) -> bool:
    """At most one letter added, dropped, changed or swapped with its neighbour."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    if len(one) == len(other):
        swapped = one[head + 1 : head + 2] + one[head : head + 1] + one[head + 2 :]
        return one[head + 1 :] == other[head + 1 :] or swapped == other[head:]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[head + 1 :] == shorter[head:]


# First and last letter of scripts that give a language away by themselves.
_SCRIPTS = (
    ("ar", "\u0600", "\u06ff"),
    ("ru", "\u0400", "\u04ff"),
    ("el", "\u0370", "\u03ff"),
    ("zh", "\u4e00", "\u9fff"),
    ("th", "\u0e00", "\u0e7f"),
    ("he", "\u0590", "\u05ff"),
    ("am", "\u1200", "\u137f"),
    ("hi", "\u0900", "\u097f"),
)
_FIRST_OTHER = min(first for _, first, _ in _SCRIPTS)
# Letters that tell a language apart from the others of its script.
_OWN_LETTERS = {"ar": (("fa", set("پچژگ")),), "ru": (("uk", set("іїєґІЇЄҐ")),)}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_lexicon_file(name: str) -> dict[str, str]:
    """One file of the lexicon folder: a mapping from a name to a text of words."""
    text = files("linjen.triage").joinpath("lexicon", name).read_text("utf-8")
    content: dict[str, str] = yaml.load(text, Loader=_Loader)  # noqa: S506 (both are safe loaders)
    return content


@lru_cache(maxsize=1)
def _small_words() -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
    """A nought for every language, and of which languages each small word is."""
    of: dict[str, tuple[str, ...]] = {}
    languages = read_lexicon_file("languages.yaml")
    for name, words in languages.items():
        for word in set(words.split()):
            of[word] = (*of.get(word, ()), name)
    return dict.fromkeys(languages, 0.0), of


def detect_language(text: str) -> str:
    """ISO 639-1 code by script and small words; Swedish when nothing speaks against it, "other" for an unknown one."""
    letters = [letter for letter in text if letter.isalpha()] if max(text, default="") >= _FIRST_OTHER else []
    for name, first, last in _SCRIPTS if letters else ():
        if sum(first <= letter <= last for letter in letters) * 2 > len(letters):
            return next((other for other, signs in _OWN_LETTERS.get(name, ()) if signs & set(letters)), name)
    forms = _WORD.findall(unicodedata.normalize("NFC", text).lower().replace("’", "'"))
    none, of = _small_words()
    counts = none.copy()
    for form in forms:
        for name in of.get(form, ()):
            counts[name] += 1
    counts["sv"] += 0.5 + 0.3 * sum(not _DOTTED.isdisjoint(form) for form in forms)
    if len(forms) >= 6 and max(counts.values()) < 1:
        return "other"
    return max(counts, key=counts.__getitem__)


#: What the lexicon holds words of.
_READ = frozenset({"sv", "en"})
_WITH_RING = frozenset({"no", "da"})


def is_foreign(text: str) -> bool:
    """Whether a text is in a language that the lexicon has no words of. A few words, or a Swedish letter, are not."""
    language = detect_language(text)
    if language in _READ:
        return False
    if language in {name for name, _, _ in _SCRIPTS}:
        return True
    words = re.findall(r"[^\W\d_]{2,}", text)
    # An å is Swedish, or of a neighbour that has it too.
    return ("å" not in text.lower() or language in _WITH_RING) and len(words) >= (8 if language == "other" else 4)
