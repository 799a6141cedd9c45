"""A resident's own words lead to the right contact reasons."""

from __future__ import annotations

from importlib.resources import files

import msgspec
import pytest

from linjen.triage import begin, candidates, load
from linjen.triage.asking.agenda import due_blocks
from linjen.triage.asking.plausible import by_text
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import compile_files
from linjen.triage.own_words.matching import Reading, match_reasons, read_text, reason_phrases, says_nothing
from tests.rules.lines import read_lines, wilson

SETS = ("openings", "openings_held_out", "openings_fresh")


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("within", "goal"), [(1, 0.70), (3, 0.88), (5, 0.95)])
def test_the_right_reason_is_among_the_best(name: str, within: int, goal: float) -> None:
    lines = read_lines(name)
    missed = [
        line for line in lines if line["reason"] not in [reason for reason, _ in match_reasons(line["text"])[:within]]
    ]
    hits = len(lines) - len(missed)
    print(f"{name} top {within}: {hits}/{len(lines)}, 95 % interval {wilson(hits, len(lines))}")
    assert hits / len(lines) >= goal, missed


@pytest.mark.parametrize(("within", "goal"), [(1, 0.70), (3, 0.88), (5, 0.95)])
def test_lines_by_another_hand_find_their_reason(within: int, goal: float) -> None:
    """Two lines for each reason were written by somebody who had seen neither phrases nor content; these are one."""
    lines = read_lines("openings_blind")
    read = load().read
    hits = sum(
        bool(set(line["reason"].split("|")) & {reason for reason, _ in read(line["text"]).reasons[:within]})
        for line in lines
    )
    assert hits / len(lines) >= goal


@pytest.mark.parametrize(
    "text",
    ["hej", "Hej jag vill bara prata", "behöver hjälp med en sak", "hejsan, har en fråga", "Kan ni hjälpa mig?", "???",
     "hello, I need help", "God morgon! Skulle behöva prata med någon.", "jag undrar en grej bara", ""],
)  # fmt: skip
def test_words_that_say_nothing_are_offered_no_odd_reason_and_the_compass_asks(text: str) -> None:
    protocols = load()
    assert [reason for reason, _ in match_reasons(text)] == ["ovrigt"]
    state = begin(protocols, 35, "female", text=text)
    assert [one.id for one in candidates(protocols, state)] == ["ovrigt"]
    assert by_text(protocols, state) == ()
    assert "compass" in {due.kind for due in due_blocks(protocols, state)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hej, har ont i halsen", "halsont"),
        ("behöver hjälp med receptet", "recept"),
        ("vill prata om min ångest", "angest"),
    ],
)
def test_one_word_that_says_something_is_enough(text: str, reason: str) -> None:
    assert match_reasons(text)[0][0] == reason


def test_what_says_nothing_is_no_phrase_of_a_named_reason() -> None:
    assert {reason for reason, phrase in reason_phrases() if phrase and says_nothing(phrase)} <= {"ovrigt"}


def test_every_reason_says_how_people_open() -> None:
    folder = files("linjen.triage").joinpath("lexicon", "openings")
    many = {path.name.removesuffix(".txt"): len(path.read_text("utf-8").splitlines()) for path in folder.iterdir()}
    assert set(many) == set(load().vocabulary.reasons)
    assert min(many.values()) >= 50


def test_a_synonym_of_the_protocol_file_is_read() -> None:
    protocols = load()
    words = "kvackelibongel i benet"
    assert protocols.read(words).reasons[0][0] != "vartor"
    raw = files_in(FOLDER)
    raw["vartor.yaml"] = raw["vartor.yaml"].replace(b"synonyms: [", f"synonyms: [{words}, ".encode(), 1)
    assert compile_files(raw).read(words).reasons[0][0] == "vartor"


def test_every_reason_has_an_opening() -> None:
    rows = files("linjen.triage").joinpath("contact_reasons.tsv").read_text("utf-8").splitlines()[1:]
    ids = {row.split("\t")[0] for row in rows}
    assert len(ids) == 143
    assert {line["reason"] for line in read_lines("openings")} == ids
    assert {line["reason"] for name in SETS for line in read_lines(name)} <= ids


def test_a_reading_tells_everything_at_once() -> None:
    reading = read_text("Jag har ont i bröstet och svårt att andas")
    assert reading.language == "sv"
    assert {"brostsmarta", "andningsbesvar"} <= {reason for reason, _ in reading.reasons}
    assert set(reading.red_flags) >= {"chest.pain", "resp.dyspnea"}
    assert reading.quotes.keys() == set(reading.red_flags)
    assert reading.alarm is True
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


def test_an_ordinary_text_raises_no_alarm() -> None:
    reading = read_text("Vill förnya mitt recept på Levaxin")
    assert reading.reasons[0][0] == "recept"
    assert (reading.red_flags, reading.quotes, reading.alarm) == ([], {}, False)


@pytest.mark.parametrize("text", ["", "   ", "!!!", "12345", "😀", "qwxz", "a" * 20_000])
def test_a_text_without_meaning_is_read_too(text: str) -> None:
    reading = read_text(text)
    assert reading.alarm is False
    assert 1 <= len(reading.reasons) <= 12


def test_scores_fall_from_one_towards_zero() -> None:
    for line in read_lines("openings"):
        scores = [score for _, score in match_reasons(line["text"])]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_a_reason_s_own_name_finds_it() -> None:
    for text, reason in (
        ("Halsont", "halsont"),
        ("Migrän", "migran"),
        ("Provsvar", "provsvar"),
        ("gravid", "graviditet"),
    ):
        assert match_reasons(text)[0][0] == reason


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Jag har ont i halsen sedan tre dagar", "sv"),
        ("halsont", "sv"),
        ("I have had a cough for two weeks", "en"),
        ("Ich habe seit drei Tagen Fieber und Husten", "de"),
        ("Minulla on kuumetta ja yskää", "fi"),
        ("عندي ألم في الصدر", "ar"),
        ("У мене болить горло", "ru"),
        ("blorp krank zim vaxi duro pell", "other"),
    ],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert read_text(text).language == language


def test_one_typing_error_seldom_moves_the_reason_away() -> None:
    lines = read_lines("openings")
    kept = 0
    for line in lines:
        text = line["text"]
        longest = max(text.split(), key=len)
        spoiled = text.replace(longest, longest[: len(longest) // 2] + longest[len(longest) // 2 + 1 :], 1)
        kept += line["reason"] in dict(match_reasons(spoiled))
    assert kept / len(lines) >= 0.85
