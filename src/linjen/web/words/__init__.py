"""The words on the screen, by key, from the files of this folder: one file an area, one folder a language.

A folder such as `sv-latt` (Lätt svenska) holds an easier way to say what `sv` says, for the keys that need it: the rest
falls back key by key. `qps` is a language that nobody speaks, made of the Swedish words, for trying the pages.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from linjen.web.words.made_up import MADE_UP, made_up_words

_FOLDER = Path(__file__).parent


def find_languages(folder: Path = _FOLDER) -> tuple[str, ...]:
    """Swedish, English, and every other language that has a folder here, by its ISO 639 code."""
    others = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name not in {"sv", "en"})
    return ("sv", "en", *(name for name in others if not name.startswith("_")))


LANGUAGES = find_languages()


def tongue_of(code: str) -> str:
    """The language that a code's words are written in: `sv` for Lätt svenska, too."""
    return code.split("-", maxsplit=1)[0]


def is_right_to_left(code: str) -> bool:
    """Whether its pages run from right to left: as `parts.direction` of its words says."""
    return read_words(code).get("parts.direction") == "rtl"


@cache
def read_words(language: str) -> dict[str, str]:
    """Every key of a language: file `intake.toml` with table `fee` and key `title` gives `intake.fee.title`."""
    if language == MADE_UP:
        return made_up_words(read_words("sv"))
    words: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.toml")):
        _flatten(path.stem, tomllib.loads(path.read_text("utf-8")), words)
    return words


class Greeting(msgspec.Struct, frozen=True):
    """What we say in a language that no page is in: its own name for itself, whom to call, and how to go on."""

    name: str
    text: str
    go_on: str = ""
    right_to_left: bool = False


@cache
def read_greetings() -> dict[str, Greeting]:
    """Every language of `greetings.toml` by its ISO 639 code."""
    found = tomllib.loads((_FOLDER / "greetings.toml").read_text("utf-8"))
    return msgspec.convert(found, dict[str, Greeting])


def _flatten(prefix: str, table: dict[str, object], words: dict[str, str]) -> None:
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict):
            _flatten(name, value, words)
        else:
            words[name] = str(value)


def has_word(language: str, key: str) -> bool:
    """Whether the language has the key itself, without falling back to Swedish."""
    return key in read_words(language)


def say(language: str, key: str, **values: object) -> str:
    """The text of `key`, with `{name}` put in from `values`; English, else Swedish, where the language lacks it.

    An easier way to say it falls back to its own language. What is put in among words that run from right to left
    stands by itself, so that a number or a name keeps its order. Raises KeyError for a key that no file has: a missing
    word is a defect, found by the house tests.
    """
    text = read_words(language).get(key)
    if not text:
        tongue = tongue_of(language)
        text = (read_words("en").get(key) if tongue not in {"sv", "en"} else None) or ""
        text = text or read_words(tongue).get(key) or read_words("sv")[key]
    if values and is_right_to_left(language):
        values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    return text.format(**values) if values else text
