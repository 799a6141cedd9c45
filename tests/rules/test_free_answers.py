"""What is answered in own words is read like the words that a case begins with, and is not forgotten by a change."""

from __future__ import annotations

import msgspec

from linjen.cases.interview import set_words
from linjen.triage import State, add_text, answer, begin, choose, load, next_page
from linjen.triage.state import Patient

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


def test_every_free_answer_of_the_vocabulary_is_read() -> None:
    texts = [code for code, one in PROTOCOLS.vocabulary.findings.items() if one.type == "text"]
    assert len(texts) >= 5
    for code in texts:
        state = msgspec.structs.replace(fell("Jag ramlade"), answers={code: "Jag vill inte leva längre"})
        assert "psych.suicidal" in set_words(PROTOCOLS, state, PATIENT, "Jag har ramlat").suspected, code
