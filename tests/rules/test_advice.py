"""Whose advice is given, and that it neither contradicts the answers nor speaks to a grown-up about a child."""

from __future__ import annotations

import re

from linjen.triage import answer, begin, choose, load, next_page
from linjen.triage.asking.assessment import assess
from linjen.triage.content.files import FOLDER, read_folder
from linjen.triage.content.shape import ReasonFile
from linjen.triage.state import Result, Value

TEXT = "Elsa har feber och hostar"
FEVER: dict[str, Value] = {"gen.fever": True, "gen.temp": 39.5, "gen.fever_days": 2, "resp.cough": True}


def held(
    facts: dict[str, Value], reasons: list[str], *, age_years: float = 9, writer: str = "parent", text: str = TEXT
) -> Result:
    """The result of an interview in which everything else is answered no, numbers and choices "vet inte"."""
    protocols = load()
    state = begin(protocols, age_years, "female", writer, text, name="Elsa")  # type: ignore[arg-type]
    state = choose(protocols, state, reasons) if reasons else state
    while page := next_page(protocols, state):
        other = {one.code: False if one.type == "bool" else None for one in page.codes}
        state = answer(protocols, state, {code: facts.get(code, none) for code, none in other.items()})
    return assess(protocols, state)


def test_a_feverish_child_who_does_not_play_is_never_self_care() -> None:
    for reasons in (["feber_barn", "hosta"], ["hosta"], ["influensa_covid"], []):
        found = held({**FEVER, "child.plays": False}, reasons)
        assert (found.urgency, found.outcome) == (3, "contact"), reasons
        assert "feber_barn.leker_inte" in {rule.id for rule in found.rules}
        assert held({**FEVER, "child.plays": None}, reasons).outcome == "contact", "vet inte is no reassurance"


def test_one_who_plays_may_be_cared_for_at_home_with_advice_for_a_child() -> None:
    found = held({**FEVER, "child.plays": True}, ["feber_barn", "hosta"])
    assert found.outcome == "self_care"
    assert {one.reason: one.title for one in found.self_care} == {
        "feber_barn": "När barnet har feber", "hosta": "När barnet hostar",
    }  # fmt: skip


def test_what_was_not_chosen_gives_no_advice() -> None:
    found = held({**FEVER, "child.plays": True}, ["hosta"], text="Hosta och feber, är det influensa eller covid?")
    assert "influensa_covid" in set(found.candidates)
    assert {one.reason for one in found.self_care} == {"hosta", "feber_barn"}
    alone = held({"resp.cough": True}, ["hosta"], age_years=40, writer="self", text="Jag hostar och är förkyld")
    assert [one.reason for one in alone.self_care] == ["hosta"]


def test_a_grown_up_and_a_teenager_who_writes_herself_are_spoken_to_as_you() -> None:
    for age in (15, 40):
        found = held({"resp.cough": True}, ["hosta"], age_years=age, writer="self", text="Jag hostar")
        assert [one.title for one in found.self_care] == ["Så lindrar du hosta"]


def test_who_has_had_fever_for_four_days_is_not_told_to_get_in_touch_after_three() -> None:
    for age, writer in ((9, "parent"), (40, "self")):
        for days, said in ((2, True), (4, False)):
            facts: dict[str, Value] = {**FEVER, "gen.temp": 38.5, "gen.fever_days": days, "child.plays": True}
            found = held(facts, ["hosta"], age_years=age, writer=writer)
            cough = next(one for one in found.self_care if one.reason == "hosta")
            assert any("mer än tre dagar" in line for line in cough.seek_care_if) == said, (age, days)
            fever = [line for one in found.self_care for line in one.seek_care_if if "tre dygn" in line]
            assert said or not fever


def test_every_line_about_a_long_fever_is_left_out_by_its_rule() -> None:
    """A new advice that speaks of three days of fever says so itself."""
    for loaded in read_folder(FOLDER):
        file = loaded.file
        if not isinstance(file, ReasonFile):
            continue
        for care in filter(None, (file.self_care, file.self_care_child)):
            lines = {n for n, one in enumerate(care.seek_care_if, 1) if re.search("[Ff]eber.* tre d(ag|ygn)", one)}
            assert lines == set(care.already.get("risk.feber_lange", [])), file.id
            assert len(care.seek_care_if) == len(care.seek_care_if_en), file.id
