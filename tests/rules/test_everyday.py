"""Redan sagt: what own words state plainly is put to be confirmed, once, and never counts before it is."""

from __future__ import annotations

from datetime import date

import pytest

from linjen.triage import State, Value, answer, assess, begin, choose, load, next_page, page_at
from linjen.triage.own_words.durations import days_since
from linjen.triage.own_words.everyday import everyday_codes, read_stated
from linjen.triage.trials.evaluation import interviewed, knowing


def stated(text: str) -> dict[str, Value]:
    return {code: one.value for code, one in read_stated(text).items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jag har haft feber i tre dagar och hostar", {"gen.fever": True, "resp.cough": True, "gen.fever_days": 3}),
        ("39,4 i feber", {"gen.fever": True, "gen.temp": 39.4}),
        ("Elsa har utslag på magen sedan i går", {"skin.rash": True, "gen.duration_days": 1}),
        ("haft huvudvärk ett par dagar", {"neuro.headache": True, "gen.duration_days": 2}),
        ("hosta i två veckor", {"resp.cough": True, "gen.duration_days": 14}),
        ("kräks och har diarré sedan i morse", {"gi.vomiting": True, "gi.diarrhea": True, "gen.duration_days": 0}),
        ("ont i magen 3-4 dagar", {"gi.abd_pain": True, "gen.duration_days": 4}),
        ("Jag tar Waran och är yr", {"med.anticoag": True, "neuro.dizziness": True}),
        ("gravid i v 22, ont i huvudet", {"gyn.pregnant": "yes", "gyn.preg_week": 22, "neuro.headache": True}),
        ("har diabetes typ 2", {"hx.diabetes": "type2"}),
        ("har varit förkyld i en vecka, nu feber sen igår",
         {"gen.fever": True, "gen.duration_days": 7, "gen.fever_days": 1}),
        ("I have had a cough for two weeks", {"resp.cough": True, "gen.duration_days": 14}),
        ("det svider nar jag kissar", {"uro.dysuria": True}),
    ],
)  # fmt: skip
def test_what_is_plainly_said_is_read(text: str, found: dict[str, Value]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Ingen feber",
        "Jag har inte feber och ingen hosta",
        "varken hosta eller feber",
        "Vad ska jag göra om jag får feber?",
        "hur länge smittar man med feber",
        "Jag vill boka tid om tre dagar",
        "Behöver läkarintyg för två veckor",
        "min son är 3 år gammal",
        "fick feber för tio år sedan",
        "Jag har inte bajsat på tre dagar",
        "när jag går i trappan",
        "vi ska resa i två veckor",
        "feberfri",
        "rädd att bli gravid",
        "Vaccin mot TBE",
        "🤒🤒🤒",
        "   ",
        "",
    ],
)
def test_what_is_denied_or_about_something_else_is_not_read(text: str) -> None:
    assert stated(text) == {}


def test_two_numbers_for_the_same_thing_are_asked_instead() -> None:
    assert "gen.duration_days" not in stated("hosta i två veckor, eller kanske har jag hostat i tre veckor")
    assert "gen.temp" not in stated("38,2 i går och 39,1 i dag, feber")


@pytest.mark.parametrize(("weekday", "days"), [(0, 7), (6, 1), (4, 3), (1, 6)])
def test_a_weekday_is_the_last_one(weekday: int, days: int) -> None:
    monday = date(2026, 11, 23)
    assert monday.weekday() == 0
    assert days_since(weekday, monday) == days


def test_a_weekday_needs_to_know_the_day() -> None:
    protocols = load()
    text = "Hosta sen i måndags"
    told = begin(protocols, 40, "male", text=text, on=date(2026, 11, 26))
    assert told.stated["gen.duration_days"].value == 3
    assert "gen.duration_days" not in begin(protocols, 40, "male", text=text).stated


def test_every_code_that_can_be_stated_is_one_and_has_a_value_that_fits() -> None:
    findings = load().vocabulary.findings
    assert everyday_codes() <= findings.keys()
    for text in ("diabetes typ 1", "diabetes typ 2", "gravid"):
        for code, value in stated(text).items():
            assert value in findings[code].values


_WORDS = "Jag har haft feber i tre dagar, hostar och har ont i halsen. Tar Waran."


def _begun(text: str = _WORDS, reason: str = "halsont") -> State:
    protocols = load()
    return choose(protocols, begin(protocols, 45, "female", text=text), [reason])


def test_the_first_page_asks_whether_it_is_right() -> None:
    protocols = load()
    page = next_page(protocols, _begun())
    assert page is not None
    assert page.text == "Du skrev det här. Stämmer det?"
    said = {one.code: (one.quote, one.stated) for one in page.codes}
    assert said["gen.fever"] == ("feber", True)
    assert said["gen.fever_days"] == ("i tre dagar", 3)
    assert said["resp.cough"] == ("hostar", True)
    assert "ent.sore_throat" not in said, "the reason that she chose has said it"
    english = next_page(protocols, _begun(), "en")
    assert english is not None
    assert english.text == "You wrote this. Is it right?"


def test_nothing_counts_before_it_is_confirmed() -> None:
    state = _begun()
    assert state.answers == {}
    assert "halsont.feber_lange" not in {rule.id for rule in assess(load(), state).rules}


def test_what_is_confirmed_is_not_asked_again_and_a_wrong_reading_can_be_denied() -> None:
    protocols = load()
    state = _begun()
    page = next_page(protocols, state)
    assert page is not None
    facts: dict[str, Value] = {"gen.fever": False, "resp.cough": True, "gen.fever_days": None}
    state = answer(protocols, state, {one.code: facts.get(one.code, False) for one in page.codes})
    state = interviewed(protocols, state, knowing(protocols, {}))
    asked = [code for page in state.pages for code in page.codes]
    assert len(asked) == len(set(asked))
    assert state.answers["gen.fever"] is False
    again = page_at(protocols, state, 0)
    assert again is not None
    assert [one.code for one in again.codes] == [one.code for one in page.codes]


def test_one_thing_alone_is_confirmed_where_it_is_asked() -> None:
    """A page for it alone would only make the interview longer."""
    protocols = load()
    state = _begun("Det gör ont i halsen och jag har feber")
    first = next_page(protocols, state)
    assert first is not None
    assert first.text != "Du skrev det här. Stämmer det?"
    while (page := next_page(protocols, state)) is not None:
        for one in page.codes:
            assert (one.quote == "feber") == (one.code == "gen.fever"), one
        state = answer(protocols, state, {one.code: False if one.type == "bool" else None for one in page.codes})
    assert "gen.fever" in state.answers


def test_an_interview_that_chooses_no_reason_asks_for_it_among_the_symptoms() -> None:
    protocols = load()
    page = next_page(protocols, begin(protocols, 45, "female", text=_WORDS))
    assert page is not None
    assert page.kind == "lead"
    assert {"gen.fever", "resp.cough"} <= {one.code for one in page.codes if one.quote}


def test_warning_signs_come_first_on_the_page() -> None:
    protocols = load()
    page = next_page(protocols, _begun("Feber och hosta i två dagar, och det trycker över bröstet"))
    assert page is not None
    assert page.kind == "tripwire"
    assert page.codes[0].code.startswith("chest.")
    assert {"gen.fever", "resp.cough"} <= {one.code for one in page.codes}
    assert len(page.codes) <= 6


def test_the_words_of_an_administrative_matter_are_not_asked_about() -> None:
    protocols = load()
    state = choose(
        protocols, begin(protocols, 45, "female", text="Intyg, har feber och hosta"), ["intyg_sjukskrivning"]
    )
    page = next_page(protocols, state)
    assert page is None or page.kind != "tripwire"
