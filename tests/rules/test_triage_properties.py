"""What holds for every interview whatever is answered: the safety properties of the triage."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linjen.triage import (
    Asked,
    Patient,
    Protocols,
    Result,
    State,
    Value,
    answer,
    assess,
    begin,
    choose,
    load,
    next_page,
    page_at,
)
from linjen.triage.asking.agenda import due_blocks, open_codes
from linjen.triage.asking.facts import is_fitting, is_settled, see_facts
from linjen.triage.asking.wording import asked, worded
from linjen.triage.content.condition import NO, UNKNOWN
from linjen.triage.state import TextReading
from tests.rules.resident import interviewed, knowing

PROTOCOLS = load()
FINDINGS = PROTOCOLS.vocabulary.findings
REASONS = sorted(PROTOCOLS.reasons)
# Codes that the content asks or tests: other codes would only dilute the search.
USED = sorted(
    {code for reason in PROTOCOLS.reasons.values() for code in reason.file.red_flags.ask + reason.file.risk_groups}
    | {code for reason in PROTOCOLS.reasons.values() for block in reason.file.questions for code in block.ask}
    | {code for _, screen in PROTOCOLS.screens for asking in screen for code in asking.block.ask}
    | {code for asking in PROTOCOLS.compass for code in asking.block.ask}
    | {code for rule in PROTOCOLS.rules for code in rule.codes}
)
FLAGS = [code for code in USED if FINDINGS[code].is_red_flag]
MOST_TRIES = 20_000  # a rule of five parts that each hold one time in five is found well before
RULES = [*PROTOCOLS.rules, *(rule for reason in PROTOCOLS.reasons.values() for rule in reason.rules)]
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _value(code: str) -> st.SearchStrategy[Value]:
    finding = FINDINGS[code]
    if finding.type == "bool":
        return st.just(True)
    if finding.type == "enum":
        return st.sampled_from(finding.values)
    low, high = {"gen.temp": (35.0, 42.0), "resp.spo2": (80.0, 100.0)}.get(code, (20.0, 60.0))
    words = PROTOCOLS.words.get(code)
    if words and words.range and not words.range[0] <= low <= high <= words.range[1]:  # what the interview takes
        low, high = words.range
    return st.floats(low, high)


@st.composite
def known_facts(draw: st.DrawFn) -> dict[str, Value]:
    codes = draw(st.lists(st.sampled_from([code for code in USED if FINDINGS[code].type != "text"]), max_size=7))
    return {code: draw(_value(code)) for code in codes}


@st.composite
def nearly_fired(draw: st.DrawFn) -> tuple[dict[str, Value], str]:
    """Facts that make some rule hold or nearly hold, and a warning sign, often one that the rule itself looks at."""
    rule = draw(st.sampled_from(RULES))
    codes = [code for code in sorted(rule.codes) if draw(st.booleans())]
    facts = {code: draw(_value(code)) for code in codes if FINDINGS[code].type != "text"}
    own = [code for code in sorted(rule.codes) if FINDINGS[code].is_red_flag]
    is_own = bool(own) and draw(st.booleans())
    flag = draw(st.sampled_from(own if is_own else FLAGS))
    return {**draw(known_facts()), **facts}, flag


@st.composite
def starts(draw: st.DrawFn) -> State:
    """An interview about anybody, begun with any reasons read from the text or chosen."""
    scores = draw(st.lists(st.tuples(st.sampled_from([*REASONS, "ovrigt", "stroke"]), st.floats(0, 1)), max_size=4))
    ranked = tuple(sorted(dict(scores).items(), key=lambda pair: -pair[1]))
    hits = tuple(draw(st.lists(st.sampled_from(FLAGS), max_size=2, unique=True)))
    protocols = dataclasses.replace(PROTOCOLS, read=lambda _: TextReading("sv", ranked, hits))
    age = draw(st.sampled_from([0.1, 0.3, 0.7, 1.5, 3, 5, 8, 14, 17, 18, 33, 59, 66, 82]))
    sex = draw(st.sampled_from(["female", "male", "unknown"]))
    writer = draw(st.sampled_from(["self", "relative"] if age >= 18 else ["self", "parent"]))
    state = begin(protocols, age, sex, writer, "text")  # type: ignore[arg-type]
    chosen = draw(st.lists(st.sampled_from(REASONS), max_size=2, unique=True))
    return choose(protocols, state, chosen) if chosen else state


def reading_as(state: State) -> Protocols:
    """The protocols with a reader that reads every text as this interview's first one was read."""
    return dataclasses.replace(PROTOCOLS, read=lambda _: state.reading)


def _result(start: State, facts: Mapping[str, Value]) -> Result:
    protocols = reading_as(start)
    return assess(protocols, interviewed(protocols, start, knowing(protocols, facts)))


@quick
@given(starts(), nearly_fired())
def test_one_more_warning_sign_never_lowers_the_urgency(state: State, case: tuple[dict[str, Value], str]) -> None:
    facts, flag = case
    protocols = reading_as(state)
    whole = interviewed(protocols, state, knowing(protocols, {**facts, flag: True}))
    if not is_fitting(protocols, see_facts(protocols, whole), flag):
        return  # a sign of another age is never asked about; what it implies is then said by itself
    without = interviewed(protocols, state, knowing(protocols, {c: v for c, v in facts.items() if c != flag}))
    if _looked_round(without) and not _looked_round(whole):
        return  # the sign says what it is about, so the compass no longer looks for what else it may be
    before, after = assess(protocols, without), assess(protocols, whole)
    assert after.urgency <= before.urgency, (before.rules, after.rules)


def _looked_round(state: State) -> bool:
    return any(page.id.startswith("kompass.") for page in state.pages)


@quick
@given(starts(), nearly_fired())
def test_vet_inte_is_never_better_than_one_level_below_ja(state: State, case: tuple[dict[str, Value], str]) -> None:
    facts, flag = case
    parents: dict[str, Value] = dict.fromkeys(PROTOCOLS.vocabulary.ancestors(flag), True)
    yes = _result(state, {**facts, **parents, flag: True})
    unsure = _result(state, {**facts, **parents, flag: None})
    assert unsure.urgency <= yes.urgency + 1, (yes.rules, unsure.rules)


@quick
@given(starts(), known_facts(), st.lists(st.sampled_from(FLAGS), max_size=3))
def test_self_care_is_never_reached_past_an_unanswered_warning_sign(
    state: State, facts: dict[str, Value], unsure: list[str]
) -> None:
    protocols = reading_as(state)
    say = knowing(protocols, {**facts, **dict.fromkeys(unsure)})
    while page := next_page(protocols, state):
        assert assess(protocols, state).urgency < 5, "the interview is not done"
        state = answer(protocols, state, {asked.code: say(asked) for asked in page.codes})
    result = assess(protocols, state)
    open_flags = [code for code in state.answers if state.answers[code] is None and FINDINGS[code].is_red_flag]
    assert set(open_flags) <= set(result.unanswered_red_flags)
    if result.urgency == 5:
        assert not result.unanswered_red_flags
        assert result.complete


@quick
@given(starts(), known_facts())
def test_every_path_ends_with_its_own_warning_signs_asked(state: State, facts: dict[str, Value]) -> None:
    protocols = reading_as(state)
    state = interviewed(protocols, state, knowing(protocols, facts))
    result = assess(protocols, state)
    assert result.complete
    if result.outcome == "emergency":
        return
    table = see_facts(protocols, state)
    wanted = {
        code for block in due_blocks(protocols, state) for code in block.codes
        if block.kind in {"tripwire", "lead", "danger", "compass", "red_flags"}
    }  # fmt: skip
    for reason in state.chosen:
        wanted |= set(protocols.reasons[reason].file.red_flags.ask)
    missing = [
        code for code in wanted if is_fitting(protocols, table, code) and not is_settled(protocols, state, table, code)
    ]
    assert missing == []


@quick
@given(starts(), known_facts())
def test_what_is_left_out_could_not_have_changed_the_level(state: State, facts: dict[str, Value]) -> None:
    left_out_changes_nothing(state, facts)


def left_out_changes_nothing(state: State, facts: dict[str, Value]) -> None:
    """The level of an interview that stops where it does is that of one in which everything open is answered, too."""
    protocols = reading_as(state)
    say = knowing(protocols, facts)
    short = interviewed(protocols, state, say)
    result = assess(protocols, short)
    whole = short
    while left := _unasked(protocols, whole):
        findings = protocols.vocabulary.findings
        said = {code: say(Asked(code, findings[code].type, "")) for code in left}
        whole = msgspec.structs.replace(whole, answers={**whole.answers, **said})
    assert assess(protocols, whole).urgency == result.urgency


@st.composite
def found_late(draw: st.DrawFn) -> dict[str, Value]:
    """What speaks for a reason that nobody named, and what some rule of that reason looks at."""
    code = draw(st.sampled_from(sorted(PROTOCOLS.general.finds)))
    found = [PROTOCOLS.reasons[id] for id in PROTOCOLS.general.finds[code] if id in PROTOCOLS.reasons]
    rules = [rule for reason in found for rule in reason.rules]
    rule = draw(st.sampled_from([rule for rule in rules if rule.level == min(one.level for one in rules)]))
    codes = [one for one in sorted(rule.codes) if FINDINGS[one].type != "text"]
    return {**draw(known_facts()), **{one: draw(_value(one)) for one in codes}, code: draw(_value(code))}


@quick
@given(starts(), found_late())
def test_what_an_answer_would_have_brought_in_is_not_left_out(state: State, facts: dict[str, Value]) -> None:
    left_out_changes_nothing(state, facts)


def _unasked(protocols: Protocols, state: State) -> list[str]:
    table = see_facts(protocols, state)
    return [code for block in due_blocks(protocols, state) for code in open_codes(protocols, state, table, block.codes)]


@quick
@given(starts(), known_facts())
def test_the_most_urgent_rule_decides_and_stands_in_the_result(state: State, facts: dict[str, Value]) -> None:
    result = _result(state, facts)
    assert result.rules
    assert result.urgency == min(rule.level for rule in result.rules)
    assert all(rule.why for rule in result.rules)
    assert (result.outcome == "emergency") == any(rule.level == 1 and rule.certain for rule in result.rules)


@quick
@given(starts(), known_facts(), st.randoms(use_true_random=False))
def test_the_same_answers_give_the_same_result_in_any_order_and_after_storing(
    state: State, facts: dict[str, Value], random: Any
) -> None:
    protocols = reading_as(state)
    state = interviewed(protocols, state, knowing(protocols, facts))
    items = list(state.answers.items())
    random.shuffle(items)
    shuffled = msgspec.structs.replace(state, answers=dict(items))
    stored = msgspec.json.decode(msgspec.json.encode(state), type=State)
    once = assess(protocols, state)
    again, later = assess(protocols, shuffled), assess(protocols, stored)
    assert later == once
    assert (again.urgency, again.rules, again.outcome) == (once.urgency, once.rules, once.outcome)


@quick
@given(starts(), known_facts(), st.integers(0, 1000))
def test_a_changed_answer_gives_what_a_fresh_interview_gives(state: State, facts: dict[str, Value], which: int) -> None:
    protocols = reading_as(state)
    done = interviewed(protocols, state, knowing(protocols, facts))
    asked = [code for page in done.pages for code in page.codes if FINDINGS[code].type == "bool"]
    if not asked:
        return
    code = asked[which % len(asked)]
    changed = {**done.answers, code: done.answers[code] is not True}
    revised = interviewed(protocols, answer(protocols, done, {code: changed[code]}), knowing(protocols, {}))
    anew = interviewed(protocols, state, lambda one: changed.get(one.code, False if one.type == "bool" else None))
    result, expected = assess(protocols, revised), assess(protocols, anew)
    # A page already read stays as it was, so what can no longer change the level may be left out of one and not the
    # other; what decides may not differ, nor what was said where both asked.
    assert result.urgency == expected.urgency
    assert set(revised.answers) == set(result.asked)
    if result.outcome != "emergency":  # which may be certain a page earlier or later
        both = set(revised.answers) & set(anew.answers)
        assert {one: revised.answers[one] for one in both} == {one: anew.answers[one] for one in both}
        assert _deciding(result) == _deciding(expected)


def _deciding(result: Any) -> set[str]:
    return {rule.id for rule in result.rules if rule.level == result.urgency}


@quick
@given(starts(), known_facts())
def test_no_page_of_any_interview_has_more_than_six_boxes(state: State, facts: dict[str, Value]) -> None:
    protocols = reading_as(state)
    say = knowing(protocols, facts)
    while page := next_page(protocols, state):
        assert 1 <= len(page.codes) <= 6, page.id
        state = answer(protocols, state, {asked.code: say(asked) for asked in page.codes})
        again = page_at(protocols, state, len(state.pages) - 1)
        assert again is None or len(again.codes) <= 6


@pytest.mark.parametrize("age", [0.1, 0.5, 1.5, 4, 8, 14, 17, 40])
def test_every_page_of_every_protocol_has_six_boxes_at_most(age: float) -> None:
    """Each reason by itself and each danger screen, answered no and answered yes."""
    for reason in REASONS:
        for said in (False, True):
            state = choose(PROTOCOLS, begin(PROTOCOLS, age, "female", "self" if age >= 13 else "parent"), [reason])
            while page := next_page(PROTOCOLS, state):
                assert len(page.codes) <= 6, (reason, page.id)
                state = answer(PROTOCOLS, state, {one.code: said if one.type == "bool" else None for one in page.codes})


def test_a_childs_questions_speak_of_the_child_by_name() -> None:
    """The one in the belly has no name yet; every other "barnet" or "personen" is the child that the page names."""
    words = {
        "sv": re.compile(r"\b(?:barnet|personen)s?\b", re.IGNORECASE),
        "en": re.compile(r"\b(?:the|your) (?:child|person)\b", re.IGNORECASE),
    }
    vera = Patient(0.5, "female", "parent", "Vera")
    blocks = [asking.block for reason in PROTOCOLS.reasons.values() for asking in reason.blocks]
    blocks += [asking.block for _, screen in PROTOCOLS.screens for asking in screen]
    blocks += [asking.block for asking in (*PROTOCOLS.compass, *PROTOCOLS.general_blocks, *PROTOCOLS.always)]
    for language, nameless in words.items():
        codes = [(code, asked(PROTOCOLS, vera, code, language).text) for code in USED if code != "preg.fetal_less"]
        heads = [
            (one.id, worded(vera, language, one.text, one.text_other, one.text_en, one.text_other_en)) for one in blocks
        ]
        assert [one for one in (*codes, *heads) if nameless.search(one[1])] == []


def test_every_rule_of_every_file_can_fire_in_an_interview() -> None:
    """A rule that no answer can make true is a wish, not a rule: search a fitting patient for each."""
    dead = [rule.id for owner in (None, *REASONS) for rule in _rules(owner) if not _fires(owner, rule.id)]
    assert dead == []


def _rules(owner: str | None) -> Any:
    return PROTOCOLS.rules if owner is None else PROTOCOLS.reasons[owner].rules


def _fires(owner: str | None, rule_id: str) -> bool:
    """Does some patient make the rule hold? Ages, findings and choices are drawn from a fixed seed, mostly present."""
    rule = next(rule for rule in _rules(owner) if rule.id == rule_id)
    dice = random.Random(rule_id)
    return any(rule.test(_somebody(dice, rule.codes)) != NO for _ in range(MOST_TRIES))


def _somebody(dice: random.Random, codes: frozenset[str]) -> dict[str, int | float | str]:
    facts: dict[str, int | float | str] = {
        "age_years": dice.choice((0.05, 0.2, 0.4, 1.5, 4, 8, 16, 30, 50, 70, 85)),
        "sex": dice.choice(("female", "male")),
        "writer": "self",
    }
    for code in sorted(codes):
        finding = FINDINGS[code]
        if dice.random() < 0.1:
            facts[UNKNOWN + code] = 2
        elif finding.type == "bool":
            facts[code] = dice.choice((2, 2, 2, 0))
        elif finding.type == "number":
            facts[code] = dice.choice((0, 2, 5, 8, 20, 40.5, 60, 91, 105, 125, 140, 190))
        else:
            facts[code] = dice.choice(finding.values) if finding.values else ""
    return facts
