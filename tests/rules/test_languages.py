"""Other languages are files: what they hold is shown, what they lack falls back openly, what they invent is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from linjen.triage import Patient, Protocols, begin, choose, load, next_page
from linjen.triage.asking.forms import form_of
from linjen.triage.asking.wording import asked, name_of
from linjen.triage.checking.lint import check_files
from linjen.triage.content.files import FOLDER, files_in
from linjen.triage.content.library import compile_files
from linjen.web import words

#: A language that nobody speaks, so that no word of it can come from anywhere else.
ROVAR = """
kind: language
language: zz
name: Rövarspråket
version: 1
author: Test
source: Test
reviewed: false
example: true
wording: {red_flags: "Hohåror dodu?"}
codes:
  gen.fever:
    text: "Hohåror dodu fofeboberor?"
    text_other: "Hohåror {vem} fofeboberor?"
    help: "Trorettotioåtottota"
  gen.course:
    text: "Hohuror gogåror dodetot?"
    text_other: "Hohuror gogåror dodetot fofoör {vem}?"
    labels: {better: "Bobätottotrore"}
texts:
  halsont.tecken: {text: "Vovadod momeror?", text_other: "Vovadod momeror hohosos {vem}?"}
reasons:
  halsont: {name: "Hohalolsosonontot"}
units: {dagar: dodagogaror}
"""
ELSA = Patient(9, "female", "parent", "Elsa")


@pytest.fixture(scope="module")
def rovar() -> Protocols:
    """The shipped content with one more language."""
    return compile_files({**files_in(FOLDER), "language_zz.yaml": ROVAR.encode()})


def test_a_question_is_put_in_it_for_who_writes(rovar: Protocols) -> None:
    mine = asked(rovar, Patient(30), "gen.fever", "zz")
    assert (mine.text, mine.help, mine.language) == ("Hohåror dodu fofeboberor?", "Trorettotioåtottota", "zz")
    assert asked(rovar, ELSA, "gen.fever", "zz").text == "Hohåror Elsa fofeboberor?"


def test_what_it_lacks_is_in_english_and_says_so(rovar: Protocols) -> None:
    one = asked(rovar, Patient(30), "resp.cough", "zz")
    assert (one.text, one.language) == ("Do you have a cough?", "en")
    choice = asked(rovar, Patient(30), "gen.course", "zz")
    assert [value.label for value in choice.values][:2] == ["Bobätottotrore", "Unchanged"]


def test_without_english_it_is_in_swedish_and_says_so() -> None:
    files = dict(files_in(FOLDER))
    line = b"    text_en: Do you have a cough?\n"
    assert line in files["codes.yaml"]
    files["codes.yaml"] = files["codes.yaml"].replace(line, b"")
    protocols = compile_files({**files, "language_zz.yaml": ROVAR.encode()})
    for language in ("en", "zz"):
        one = asked(protocols, Patient(30), "resp.cough", language)
        assert (one.text, one.language) == ("Hostar du?", "sv")


def test_headings_names_units_and_forms(rovar: Protocols) -> None:
    assert name_of(rovar, "halsont", "zz") == "Hohalolsosonontot"
    assert name_of(rovar, "hosta", "zz") == "Cough"
    assert asked(rovar, Patient(30), "gen.duration_days", "zz").unit == "dodagogaror"
    state = choose(rovar, begin(rovar, 30, "female"), ["halsont"])
    headings = set()
    while (page := next_page(rovar, state, "zz")) is not None:
        headings.add((page.text, page.language))
        from linjen.triage import answer  # noqa: PLC0415

        state = answer(rovar, state, {one.code: False if one.type == "bool" else None for one in page.codes})
    assert ("Hohåror dodu?", "zz") in headings
    assert ("Vovadod momeror?", "zz") in headings
    form = form_of(rovar, ["recept"], Patient(30), "zz")
    assert {field.language for field in form} == {"en"}


def test_swedish_and_english_are_as_before(rovar: Protocols) -> None:
    for language in ("sv", "en"):
        assert asked(rovar, ELSA, "gen.fever", language) == asked(load(), ELSA, "gen.fever", language)


def test_a_text_for_nothing_is_refused_with_its_line() -> None:
    strange = ROVAR.replace("gen.course:", "gen.corse:").replace("halsont.tecken:", "halsont.tecknet:")
    problems = check_files({**files_in(FOLDER), "language_zz.yaml": strange.encode()})
    found = {(one.file, one.reason) for one in problems}
    assert ("language_zz.yaml", "gen.corse is nothing that is asked or shown") in found
    assert ("language_zz.yaml", "halsont.tecknet is nothing that is asked or shown") in found
    assert all(one.line > 1 for one in problems)


def test_a_whole_file_is_clean() -> None:
    assert check_files({**files_in(FOLDER), "language_zz.yaml": ROVAR.encode()}) == []


def test_the_words_of_the_pages_fall_back_to_english_then_swedish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, lines in {"sv": 'a = "A"\nb = "B"\nc = "C"', "en": 'a = "a"\nb = "b"', "zz": 'a = "zz"'}.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "x.toml").write_text(lines)
    monkeypatch.setattr(words, "_FOLDER", tmp_path)
    words.read_words.cache_clear()
    try:
        assert words.find_languages(tmp_path) == ("sv", "en", "zz")
        assert [words.say("zz", f"x.{key}") for key in "abc"] == ["zz", "b", "C"]
        assert [words.say("en", f"x.{key}") for key in "abc"] == ["a", "b", "C"]
    finally:
        words.read_words.cache_clear()
