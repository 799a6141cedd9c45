"""What would have changed a level: what is said of it is what a new interview with those answers comes to."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from linjen.triage import Asked, Protocols, State, Value, assess, begin, choose, load
from linjen.triage.asking import margins as trying
from linjen.triage.asking.margins import MOST, Margins, margins
from tests.rules.resident import interviewed, knowing, vignettes
from tests.rules.test_triage_properties import known_facts, reading_as, starts

PROTOCOLS = load()
CASES = vignettes()[::5]


def start_of(case: dict[str, Any]) -> State:
    """The vignette's interview before its first question."""
    return begin(PROTOCOLS, case["age_years"], case["sex"], case.get("writer", "self"), case["text"])


def held(protocols: Protocols, start: State, facts: dict[str, Value]) -> tuple[int, Margins]:
    """The level of a simulated interview, and its margins."""
    state = interviewed(protocols, start, knowing(protocols, facts))
    level = assess(protocols, state).urgency
    return level, margins(protocols, state, level)


def check(protocols: Protocols, start: State, facts: dict[str, Value]) -> None:
    """Every margin is on its side, within five, in order, and true of an interview that is held with those answers."""
    level, found = held(protocols, start, facts)
    assert len(found.more) <= MOST
    assert len(found.less) <= MOST
    levels = [one.level for one in found.more]
    assert levels == sorted(levels, reverse=True), "the nearest level first"
    for one in (*found.more, *found.less):
        assert one.yes or one.no
        again = interviewed(protocols, start, answering(protocols, facts, one.answers))
        after = assess(protocols, again).urgency
        if one in found.more:
            assert after <= one.level < level, (one, after)
        else:
            assert one.level > level, one
            assert after == one.level or one.is_open, (one, after, again)


def answering(protocols: Protocols, facts: dict[str, Value], changed: dict[str, Value]) -> Any:
    """As the resident who knows `facts`, but with these answers."""
    gone = {code for code, value in changed.items() if value is False}
    kept = {
        code: value for code, value in facts.items()
        if not (value is True and gone.intersection(protocols.vocabulary.ancestors(code)))
    }  # fmt: skip
    knows = knowing(protocols, {**kept, **{code: value for code, value in changed.items() if value is True}})

    def say(asked: Asked) -> Value:
        return changed[asked.code] if asked.code in changed else knows(asked)

    return say


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_margin_of_a_vignette_is_what_the_interview_would_have_come_to(case: dict[str, Any]) -> None:
    check(PROTOCOLS, start_of(case), case["facts"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(starts(), known_facts())
def test_margins_are_true_whatever_is_answered(state: State, facts: dict[str, Value]) -> None:
    protocols = reading_as(state)
    level, found = held(protocols, state, facts)
    for one in (*found.more, *found.less):
        assert (one.level < level) == (one in found.more)
    for one in found.more:
        again = interviewed(protocols, state, answering(protocols, facts, one.answers))
        assert assess(protocols, again).urgency <= one.level, one


def test_the_same_answers_have_the_same_margins_however_they_are_kept() -> None:
    for case in CASES[:40]:
        state = interviewed(PROTOCOLS, start_of(case), knowing(PROTOCOLS, case["facts"]))
        level = assess(PROTOCOLS, state).urgency
        stored = msgspec.json.decode(msgspec.json.encode(state), type=State)
        assert margins(PROTOCOLS, state, level) == margins(PROTOCOLS, stored, level)


def sore_throat(facts: dict[str, Value]) -> tuple[int, Margins]:
    """A sore throat with these findings."""
    start = choose(PROTOCOLS, begin(PROTOCOLS, 30, "female", "self", ""), ["halsont"])
    return held(PROTOCOLS, start, facts)


def test_a_number_that_stayed_under_its_limit_and_a_warning_sign_that_was_denied_are_said_in_words() -> None:
    level, found = sore_throat({"ent.sore_throat": True, "gen.duration_days": 7})
    assert level == 5
    said = {(one.level, one.yes) for one in found.more}
    assert (4, ("besvärens längd i dagar minst 8",)) in said
    assert any(level < 4 for level, _ in said)
    assert found.less == (), "self-care has nothing below it"


def test_what_holds_the_level_is_named_and_who_would_have_been_asked_more_is_told_so() -> None:
    level, found = sore_throat({"ent.sore_throat": True, "ent.trismus": True})
    assert level == 2
    assert [(one.level, one.no, one.is_open) for one in found.less] == [(5, ("svårt att gapa",), True)]
    assert {one.level for one in found.more} == {1}


def test_vet_inte_that_holds_the_level_is_named_as_such() -> None:
    level, found = sore_throat({"ent.sore_throat": True, "ent.swallow_unable": None})
    assert level == 2
    assert found.less[0].no == ("”vet inte” på kan inte svälja saliv, dreglar",)
    assert found.more[0].yes == ("kan inte svälja saliv, dreglar (besvarat med ”vet inte”)",)


def test_two_findings_that_each_hold_the_level_fall_together_or_not_at_all() -> None:
    level, found = sore_throat({"ent.sore_throat": True, "ent.trismus": True, "gen.syncope": True})
    assert level == 2
    assert [set(one.no) for one in found.less] == [{"svårt att gapa", "svimning"}]
    level, found = sore_throat({"ent.sore_throat": True, "ent.trismus": True, "neuro.confusion": True})
    assert level == 1
    assert all(one.no != ("svårt att gapa",) for one in found.less), "confusion alone holds level 1"


def test_few_other_answers_are_tried_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    read = trying._level

    def counted(protocols: Protocols, state: State) -> int:
        nonlocal tried
        tried += 1
        return read(protocols, state)

    monkeypatch.setattr(trying, "_level", counted)
    for case in CASES:
        state = interviewed(PROTOCOLS, start_of(case), knowing(PROTOCOLS, case["facts"]))
        level, tried = assess(PROTOCOLS, state).urgency, 0
        margins(PROTOCOLS, state, level)
        assert tried <= 60, case["id"]
