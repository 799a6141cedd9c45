"""Lätt svenska: only keys that Swedish has, the same facts put in, and measurably easier, area by area."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linjen.triage.checking.reading_level import lix, word_count
from linjen.web import words
from linjen.web.words import LANGUAGES, read_words, say, tongue_of

EASY = "sv-latt"
#: Issue 5: easy Swedish is at most this, and below what the ordinary text is.
_MOST_LIX = 25
_LONGEST_SENTENCE = 16
#: What has happened to a case is told in half a sentence, which LIX knows nothing of.
AREAS = sorted(path.stem for path in (Path(words.__file__).parent / EASY).glob("*.toml") if path.stem != "events")

#: What a resident meets from the start to the answer: each of these has easy words (the rest falls back).
MUST = (
    "sign_in.front", "sign_in.choose", "sign_in.session", "home.clock", "home.answer", "home.waiting", "case.state",
    "case.alarm", "case.withdraw", "case.reply", "chat", "closed", "intake.patient", "intake.unit", "intake.consent",
    "intake.fee", "intake.words", "intake.check", "intake.receipt", "intake.emergency", "my_notices.quiet",
    "my_notices.push", "profile.phone", "profile.needs", "profile.agreed", "about.how_it_works", "about.emergency",
    "about.cost", "about.without_bankid", "call_back", "rating", "support.form", "support.complaints", "bankid",
    "blocks", "correction", "openings", "ticket", "case.paper", "faults.draft_sent", "faults.unit_shut", "units.shut",
)  # fmt: skip


def _text(language: str, keys: list[str]) -> str:
    """The texts one after another, with a short word for what is put in. Labels of a word or two would flatter it."""
    texts = (re.sub(r"\{\w+\}", "nu", say(language, key)) for key in keys)
    return " ".join(text for text in texts if text.endswith((".", "!", "?")))


def _keys(area: str) -> list[str]:
    return [key for key in read_words(EASY) if key.split(".")[0] == area]


def test_it_is_a_language_of_the_switch_and_is_swedish() -> None:
    assert EASY in LANGUAGES
    assert tongue_of(EASY) == "sv"
    assert say(EASY, "parts.language_name") == "Lättläst"


def test_what_it_lacks_is_said_in_swedish_and_never_in_english() -> None:
    lacking = [key for key in read_words("en") if key not in read_words(EASY)]
    assert len(lacking) > 100
    assert all(say(EASY, key) == say("sv", key) for key in lacking)


def test_it_has_no_key_of_its_own_and_puts_in_the_same_facts() -> None:
    swedish = read_words("sv")
    for key, text in read_words(EASY).items():
        assert key in swedish, key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", swedish[key])), key
        assert text != swedish[key], f"{key} falls back to the same words"


@pytest.mark.parametrize("part", MUST)
def test_what_must_be_easy_is_there(part: str) -> None:
    assert [key for key in read_words(EASY) if key.startswith(f"{part}.")]


@pytest.mark.parametrize("area", AREAS)
def test_each_area_is_easy_and_easier_than_the_ordinary_text(area: str) -> None:
    keys = _keys(area)
    assert word_count(_text(EASY, keys)) > 20
    easy, ordinary = lix(_text(EASY, keys)), lix(_text("sv", keys))
    assert easy <= _MOST_LIX, f"{easy:.1f}"
    assert easy < ordinary, f"{easy:.1f} is not below {ordinary:.1f}"


def test_a_sentence_holds_one_thought() -> None:
    long = [
        (key, sentence)
        for key, text in read_words(EASY).items()
        for sentence in re.split(r"(?<=[.!?])\s", text)
        if word_count(sentence) > _LONGEST_SENTENCE
    ]
    assert not long
