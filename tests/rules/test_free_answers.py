"""What is answered in own words is read like the words that a case begins with, and is not forgotten by a change."""

from __future__ import annotations

import time

import msgspec
import pytest

from linjen.cases.intake.interview import set_words
from linjen.core.errors import Invalid
from linjen.triage import State, add_text, answer, begin, choose, load, next_page
from linjen.triage.state import LONGEST_WORDS, Patient

PROTOCOLS = load()
HOW = "trauma.mechanism"
WORDS = "Jag ramlade från en stege och svimmade"
PATIENT = Patient(40, "male")


def fell(text: str) -> State:
    """An interview about an injury in which it was told how it happened."""
    state = choose(PROTOCOLS, begin(PROTOCOLS, 40, "male", "self", "Jag har ramlat"), ["olycka"])
    while page := next_page(PROTOCOLS, state):
        told = any(one.code == HOW for one in page.codes)
        given = {one.code: False if one.type == "bool" else None for one in page.codes}
        state = answer(PROTOCOLS, state, {**given, HOW: text} if told else given)
        if told:
            return state
    return state


def test_it_becomes_a_question_of_its_own() -> None:
    state = fell(WORDS)
    assert state.answers[HOW] == WORDS
    assert "gen.syncope" in state.suspected
    page = next_page(PROTOCOLS, state)
    assert page is not None
    assert page.kind == "tripwire"
    assert "gen.syncope" in {one.code for one in page.codes}


def test_a_change_of_the_first_words_does_not_forget_it() -> None:
    state = fell(WORDS)
    changed = set_words(PROTOCOLS, state, PATIENT, "Jag har ramlat i går")
    assert "gen.syncope" in changed.suspected
    added = set_words(PROTOCOLS, state, PATIENT, "Jag har ramlat", ["Det gör ont i handen"])
    assert "gen.syncope" in added.suspected


def test_a_free_answer_that_is_taken_back_takes_its_question_with_it() -> None:
    state = answer(PROTOCOLS, fell(WORDS), {HOW: "Jag ramlade på gatan"})
    assert "gen.syncope" not in state.suspected
    assert add_text(PROTOCOLS, state, "och svimmade").suspected.keys() >= {"gen.syncope"}


def test_its_last_sentence_is_read_however_long_it_is() -> None:
    long = ("Jag gick på gatan och det var halt. " * 600)[: LONGEST_WORDS - len(WORDS) - 2]
    state = fell(f"{long}. {WORDS}")
    assert "gen.syncope" in state.suspected
    with pytest.raises(Invalid, match="bad_value"):
        answer(PROTOCOLS, state, {HOW: "x" * (LONGEST_WORDS + 1)})


def test_a_long_text_is_read_in_a_moment() -> None:
    text = ("Jag har inte ont i bröstet men hostar och har feber 38,4 sedan i måndags. " * 300)[:LONGEST_WORDS]
    times = []
    for _ in range(3):
        began = time.perf_counter()
        PROTOCOLS.read(text)
        times.append(time.perf_counter() - began)
    assert min(times) < 1, "seconds; about 0.1 on a machine that does nothing else"


def test_every_free_answer_of_the_vocabulary_is_read() -> None:
    texts = [code for code, one in PROTOCOLS.vocabulary.findings.items() if one.type == "text"]
    assert len(texts) >= 5
    for code in texts:
        state = msgspec.structs.replace(fell("Jag ramlade"), answers={code: "Jag vill inte leva längre"})
        assert "psych.suicidal" in set_words(PROTOCOLS, state, PATIENT, "Jag har ramlat").suspected, code
