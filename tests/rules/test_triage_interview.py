"""One interview at a time: the tripwire's page, the stop at 112, going back, choosing, and what staff read."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from linjen.core.errors import Invalid
from linjen.triage import (
    Patient,
    Protocols,
    State,
    Value,
    add_text,
    answer,
    assess,
    begin,
    candidates,
    choose,
    load,
    next_page,
    page_at,
    pages_left,
)
from linjen.triage.asking.interview import is_emergency
from linjen.triage.asking.plausible import resembling
from linjen.triage.asking.summary import summary
from linjen.triage.asking.wording import about_patient, asked, worded
from linjen.triage.state import TextReading
from tests.rules.resident import interviewed, knowing

SORE = TextReading("sv", (("halsont", 0.8), ("hosta", 0.3)))


def reading(found: TextReading) -> Protocols:
    """The shipped content with a reader that sees `found` in every text but the empty one."""
    return dataclasses.replace(load(), read=lambda text: found if text else TextReading())


def page_codes(protocols: Protocols, state: State) -> list[str]:
    page = next_page(protocols, state)
    assert page is not None
    return [asked.code for asked in page.codes]


def test_a_tripwire_hit_is_the_first_question_and_a_yes_to_level_one_ends_the_interview() -> None:
    protocols = reading(hit("chest.pressure", "tryck över bröstet"))
    state = begin(protocols, 55, "male", text="jag har ett tryck över bröstet")
    page = next_page(protocols, state)
    assert page is not None
    assert page.kind == "tripwire"
    assert page.text == "Du skrev det här. Stämmer det?"
    assert [(asked.code, asked.quote) for asked in page.codes] == [("chest.pressure", "tryck över bröstet")]
    assert assess(protocols, state).urgency < 5
    state = answer(protocols, state, {"chest.pressure": True})
    assert next_page(protocols, state) is None
    result = assess(protocols, state)
    assert (result.urgency, result.outcome, result.complete) == (1, "emergency", True)
    assert result.rules[0].id == "niva.chest.pressure"


def hit(code: str, words: str) -> TextReading:
    return TextReading("sv", (("halsont", 0.8),), (code,), {code: words}, True)


def test_a_hit_that_is_denied_is_no_silent_label() -> None:
    protocols = reading(hit("chest.pressure", "tryck"))
    state = begin(protocols, 30, "female", text="tryck i halsen")
    state = interviewed(protocols, state, knowing(protocols, {"ent.sore_throat": True}))
    assert assess(protocols, state).urgency == 5


def test_words_typed_late_are_read_too() -> None:
    protocols = reading(SORE)
    state = interviewed(protocols, begin(protocols, 30, "female", text="halsont"), knowing(protocols, {}))
    late = dataclasses.replace(protocols, read=lambda _: hit("psych.suicidal_plan", "ta mitt liv"))
    state = add_text(late, state, "och så tänker jag ta mitt liv")
    # The "nej" to the milder question, in the danger screen, is not held against the words: the hit itself is asked.
    assert state.answers.get("psych.suicidal") is None
    assert page_codes(late, state) == ["psych.suicidal_plan"]
    assert assess(late, answer(late, state, {"psych.suicidal_plan": True})).outcome == "emergency"


def test_vet_inte_to_a_warning_sign_is_shown_and_keeps_from_self_care() -> None:
    protocols = reading(SORE)
    start = begin(protocols, 30, "female", text="halsont")
    state = interviewed(protocols, start, knowing(protocols, {"ent.sore_throat": True, "ent.trismus": None}))
    result = assess(protocols, state)
    assert result.urgency == 3
    assert result.unanswered_red_flags == ("ent.trismus",)
    assert any(rule.id == "niva.ent.trismus.vet_inte" and not rule.certain for rule in result.rules)
    assert result.outcome == "contact"


def test_an_interview_left_half_way_is_never_self_care() -> None:
    protocols = reading(SORE)
    state = begin(protocols, 30, "female", text="halsont")
    result = assess(protocols, state)
    assert result.urgency == 4
    assert not result.complete
    assert "ent.swallow_unable" in result.unanswered_red_flags


def test_going_back_and_changing_an_answer_drops_only_what_no_longer_counts() -> None:
    protocols = reading(SORE)
    start = begin(protocols, 30, "female", text="halsont")
    say = knowing(protocols, {"ent.sore_throat": True, "gen.fever": True, "gen.temp": 39.5, "gen.fever_days": 6.0})
    done = interviewed(protocols, start, say)
    assert assess(protocols, done).urgency == 3
    first = page_at(protocols, done, 0)
    assert first is not None
    assert first.kind == "lead"
    assert page_at(protocols, done, 99) is None
    changed = answer(protocols, done, {"gen.fever": False})
    assert "gen.temp" not in changed.answers
    asked = {code for page in changed.pages for code in page.codes}
    left = next_page(protocols, changed)
    asked |= {one.code for one in left.codes} if left else set()
    assert "gen.duration_days" in asked, "without fever the time it has lasted decides, so it is asked"
    changed = interviewed(protocols, changed, knowing(protocols, {"ent.sore_throat": True, "gen.duration_days": 2.0}))
    assert assess(protocols, changed).urgency == 5
    again = answer(protocols, changed, {"gen.fever": True})
    assert {code: again.answers[code] for code in done.answers} == done.answers, "the fever comes back as it was"


def test_a_chosen_reason_is_not_asked_again_and_several_are_asked_together() -> None:
    protocols = reading(SORE)
    state = choose(protocols, begin(protocols, 30, "female", text="halsont"), ["halsont", "hosta"])
    asked: list[str] = []
    while page := next_page(protocols, state):
        assert page.kind != "lead"
        asked += [one.code for one in page.codes]
        blank = {one.code: False if one.type == "bool" else None for one in page.codes}
        state = answer(protocols, state, blank)
    assert len(asked) == len(set(asked))
    assert {"ent.trismus", "resp.hemoptysis"} <= set(asked)
    assert not {"ent.sore_throat", "resp.cough"} & set(asked)
    assert assess(protocols, state).contact_reason == "halsont"
    with pytest.raises(Invalid, match="unknown_reason"):
        choose(protocols, state, ["mumps"])


def test_candidates_fit_the_patient_and_end_with_something_else() -> None:
    protocols = reading(TextReading("sv", (("prostata", 0.9), ("feber_barn", 0.8), ("halsont", 0.7))))
    state = begin(protocols, 40, "female", text="x")
    assert [one.id for one in candidates(protocols, state)] == ["halsont", "ovrigt"]


def test_only_what_fits_age_and_sex_is_asked() -> None:
    protocols = reading(SORE)

    def everything(age: float, sex: str) -> set[str]:
        state = begin(protocols, age, sex, "parent" if age < 18 else "self", "halsont")  # type: ignore[arg-type]
        return set(interviewed(protocols, state, knowing(protocols, {"gen.fever": True})).answers)

    assert "gyn.pregnant" in everything(30, "female")
    assert "gyn.pregnant" not in everything(30, "male") | everything(80, "female") | everything(6, "female")
    assert "child.floppy" in everything(2, "male")
    assert "child.floppy" not in everything(20, "male")


def test_a_child_under_three_months_with_fever_is_an_emergency() -> None:
    protocols = reading(SORE)
    state = begin(protocols, 0.15, "male", "parent", "snuvig")
    result = assess(protocols, interviewed(protocols, state, knowing(protocols, {"gen.fever": True})))
    assert result.outcome == "emergency"


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("gen.nothing", True, "unknown_code"),
        ("gen.fever", 1.0, "bad_value"),
        ("gen.fever", "ja", "bad_value"),
        ("gen.temp", True, "bad_value"),
        ("gen.temp", 385.0, "bad_value"),
        ("gen.temp", float("nan"), "bad_value"),
        ("gen.course", "sideways", "bad_value"),
        ("pain.location", "x" * 20_001, "bad_value"),
    ],
)
def test_an_answer_outside_the_vocabulary_is_refused(code: str, value: bool | float | str, reason: str) -> None:
    protocols = reading(SORE)
    with pytest.raises(Invalid, match=reason):
        answer(protocols, begin(protocols, 30, "female", text="halsont"), {code: value})


@pytest.mark.parametrize("age", [-1, float("nan"), 131, float("inf")])
def test_an_impossible_age_is_refused(age: float) -> None:
    with pytest.raises(Invalid, match="bad_age"):
        begin(reading(SORE), age)


def test_staff_read_warning_signs_first_and_the_question_as_it_was_put() -> None:
    protocols = reading(SORE)
    start = begin(protocols, 4, "male", "parent", "ont i halsen")
    known = {"ent.sore_throat": True, "gen.swollen_nodes": True, "ent.neck_swelling_one": None, "gen.temp": 38.5}
    state = interviewed(protocols, start, knowing(protocols, {**known, "gen.fever": True}))
    lines = summary(protocols, state)
    assert lines[0].code == "ent.neck_swelling_one"
    assert lines[0].answer == "Vet inte"
    by_code = {line.code: line for line in lines}
    assert by_code["gen.temp"].answer == "38,5 °C"
    assert by_code["ent.sore_throat"].question == "Har barnet ont i halsen?"
    assert [line.kind for line in lines] == sorted(
        (line.kind for line in lines), key=["red_flag", "unknown", "positive", "detail", "negative"].index
    )


def test_pages_left_counts_down_to_nothing() -> None:
    protocols = reading(SORE)
    state = begin(protocols, 30, "female", text="halsont")
    left = pages_left(protocols, state)
    assert left == len(interviewed(protocols, state, knowing(protocols, {})).pages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Har du ont i halsen?", "Har barnet ont i halsen?"),
        ("Känner du dig trött?", "Känner barnet sig trött?"),
        ("Är du (barnet) slö?", "Är barnet slö?"),
        ("Hjälper din medicin?", "Hjälper barnets medicin?"),
        ("Har barnet (du) feber?", "Har barnet (du) feber?"),
    ],
)
def test_questions_are_turned_to_the_one_they_are_about(text: str, expected: str) -> None:
    assert about_patient(text, Patient(4, writer="parent")) == expected or "(du)" in text


#: Adjectives and participles as they agree with "du", "personen" or a name, and not with "barnet".
_COMMON = (
    "slö|slapp|sjuk|hes|svag|blek|stel|vinglig|förvirrad|uppvarvad|svullen|stressad|utmattad|allergisk|stucken|biten|"
    "svettig|varm|het|kall|frusen|yr|andfådd|orolig|ledsen|nedstämd|deprimerad|törstig|hungrig|gul|uttorkad|påverkad|"
    "medtagen|vaccinerad|opererad|skadad|bränd|hård|öm|irriterad|pigg|vaken|svårväckt|ensam"
)
_DISAGREES = re.compile(
    rf"\b(?:är|blir|blev|känner) barnet (?:\w+ ){{0,3}}(?:{_COMMON})\b"
    rf"|\bbarnet (?:\w+ ){{0,2}}(?:är|blivit|varit) (?:\w+ )?(?:{_COMMON})\b",
    re.IGNORECASE,
)


def test_no_question_about_a_child_has_an_adjective_that_does_not_agree_with_barnet() -> None:
    protocols, child = load(), Patient(4, "unknown", "parent")
    assert _DISAGREES.search(about_patient("Är du ovanligt slö?", child))
    assert _DISAGREES.search(about_patient("Har du plötsligt blivit vinglig?", child))
    said = {code: asked(protocols, child, code).text for code in protocols.vocabulary.findings}
    blocks = [one.block for reason in protocols.reasons.values() for one in reason.blocks]
    said |= {one.id: worded(child, "sv", one.text, one.text_other, one.text_en) for one in blocks}
    assert {id: text for id, text in said.items() if _DISAGREES.search(text)} == {}


def test_json_lines_hold_many_interviews_and_survive_garbage() -> None:
    start = {"age_years": 30, "sex": "female", "writer": "self", "text": "", "at": "2026-11-22T10:00:00+01:00"}
    lines = [
        json.dumps({"id": "a", "start": start}),
        json.dumps({"id": "b", "start": {**start, "age_years": 70}}),
        "{not json",
        json.dumps({"id": "a", "answers": {"gen.nothing": True, "gen.temp": "hot", "resp.cough": None}}),
        json.dumps({"id": "b", "answers": {"chest.pressure": True}}),
        json.dumps({"id": "b", "answers": {}}),
    ]
    command = [sys.executable, "-m", "linjen.cli.main", "triage", "interview"]
    run = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True, timeout=60)
    out = [json.loads(line) for line in run.stdout.splitlines()]
    assert [list(line)[1] for line in out] == ["ask", "ask", "error", "error", "error", "ask", "result", "error"]
    assert out[6]["result"]["outcome"] == "emergency"
    assert set(out[6]["result"]) == {
        "urgency", "contact_reason", "candidates", "rules", "outcome", "asked", "protocol",
    }  # fmt: skip
    assert out[7]["error"]["reason"] == "unknown_interview"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Är du blek, och är din hals svullen?", "sv", "Är Lukas blek, och är Lukas hals svullen?"),
        ("Do you have trouble, and is your throat sore?", "en", "Does Lukas have trouble, and is Lukas's throat sore?"),
        ("Have you measured it?", "en", "Has Lukas measured it?"),
    ],
)
def test_a_childs_questions_speak_of_the_child_by_name(text: str, language: str, expected: str) -> None:
    patient = Patient(4, writer="parent", name="Lukas")
    assert worded(patient, language, text, "", text if language == "en" else "") == expected
    assert worded(patient, "sv", text, "Hur mår {vem}?", "") == "Hur mår Lukas?"


def test_a_name_decides_nothing() -> None:
    protocols = reading(SORE)
    known = {"ent.sore_throat": True, "gen.fever": True}
    named = interviewed(protocols, begin(protocols, 4, "male", "parent", "halsont", "Nils"), knowing(protocols, known))
    plain = interviewed(protocols, begin(protocols, 4, "male", "parent", "halsont"), knowing(protocols, known))
    assert assess(protocols, named) == assess(protocols, plain)
    assert summary(protocols, named)[0].question != summary(protocols, plain)[0].question


def test_a_chosen_reason_adds_and_takes_no_warning_sign_away() -> None:
    protocols = load()
    text = "ont i halsen och feber sedan i går, svårt att svälja"
    facts: dict[str, Value] = {"ent.sore_throat": True, "gen.fever": True, "ent.trismus": True}
    free = begin(protocols, 30, "female", text=text)
    for chosen in ([], ["feber_vuxen"], ["halsont"]):
        start = choose(protocols, free, chosen) if chosen else free
        result = assess(protocols, interviewed(protocols, start, knowing(protocols, facts)))
        assert "ent.trismus" in result.asked, chosen
        assert result.urgency <= 2, chosen


def test_a_choice_alone_says_yes_to_no_warning_sign() -> None:
    protocols = load()
    for reason in ("kramper", "stroke", "brostsmarta"):
        state = choose(protocols, begin(protocols, 40, "female", text="en fråga"), [reason])
        assert assess(protocols, state).urgency > 1, reason
        assert not is_emergency(protocols, state), reason


def test_short_headings_share_a_page_and_it_is_found_again() -> None:
    """Each of its questions says by itself what it asks, so that breadth costs few pages."""
    protocols = load()
    start = choose(protocols, begin(protocols, 70, "male", text="hosta"), ["hosta"])
    done = interviewed(protocols, start, knowing(protocols, {"resp.cough": True, "gen.duration_days": 3.0}))
    shared = [place for place, page in enumerate(done.pages) if page.id.partition("#")[0] == "more"]
    assert shared, [page.id for page in done.pages]
    for place in shared:
        page = page_at(protocols, done, place)
        assert page is not None
        assert page.text == "Några frågor till"
        assert 2 <= len(page.codes) <= 6
        english = page_at(protocols, done, place, "en")
        assert english is not None
        assert english.text == "A few more questions"


def test_what_was_offered_and_not_chosen_is_asked_about_only_where_it_is_near() -> None:
    protocols = reading(TextReading("sv", (("yrsel", 0.30), ("krakningar", 0.26), ("huvudvark", 0.14)), ()))
    unchosen = begin(protocols, 40, "female", "self", "yr")
    assert resembling(protocols, unchosen) == ("yrsel", "krakningar", "huvudvark")
    assert resembling(protocols, choose(protocols, unchosen, ["yrsel"])) == ("krakningar",)


def test_words_that_say_little_ask_about_none_by_chance_and_a_faint_reason_is_not_offered() -> None:
    protocols = reading(TextReading("en", (("brostsmarta", 0.15), ("blod_urin", 0.09), ("pung", 0.04)), ()))
    state = begin(protocols, 40, "male", "self", "chest")
    assert [one.id for one in candidates(protocols, state)] == ["brostsmarta", "blod_urin", "ovrigt"]
    assert resembling(protocols, state) == ("brostsmarta",)


@pytest.mark.parametrize(("age", "asked"), [(30, True), (82, False)])
def test_nobody_past_it_is_asked_about_emergency_contraception(age: int, asked: bool) -> None:
    protocols = reading(TextReading("sv", (("akut_p_piller", 0.3), ("yrsel", 0.3)), ()))
    state = begin(protocols, age, "female", "self", "yr")
    assert ("akut_p_piller" in resembling(protocols, state)) is asked


def test_what_the_readme_tells_a_newcomer_to_write_reaches_the_nurse() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (words,) = re.findall(r"press \*Sök vård\* and write \*([^*]+)\*", readme)
    protocols, facts = load(), {"gen.fever": True, "gen.fever_days": 4, "gen.duration_days": 4}
    state = begin(protocols, 38, "female", "self", words)
    state = choose(protocols, state, [candidates(protocols, state)[0].id])
    while page := next_page(protocols, state):
        given: dict[str, Value] = {
            one.code: facts.get(one.code, False if one.type == "bool" else None) for one in page.codes
        }
        state = answer(protocols, state, given)
    assert assess(protocols, state).outcome == "contact"


@pytest.mark.parametrize(("score", "urgency"), [(0.45, 5), (0.7, 4)])
def test_an_errand_that_the_words_hardly_resemble_takes_no_denied_reasons_place(score: float, urgency: int) -> None:
    """Nothing asks whether a prescription is meant, so the words must say it nearly as well as they say the throat."""
    protocols = reading(TextReading("sv", (("halsont", 0.8), ("recept", score))))
    state = begin(protocols, 30, "male", text="halstabletter")
    assert assess(protocols, interviewed(protocols, state, knowing(protocols, {}))).urgency == urgency
