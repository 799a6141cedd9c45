"""What is remembered of an interview is what would be worked out anew, in whatever order it is asked for."""

from __future__ import annotations

import dataclasses
import functools
import gc
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linjen.triage import Protocols, State, Value, answer, assess, begin, choose, load, next_page, page_at, pages_left
from linjen.triage.asking import agenda
from linjen.triage.asking.agenda import still_to_ask
from linjen.triage.asking.facts import see_facts
from linjen.triage.asking.interview import is_emergency
from linjen.triage.asking.plausible import candidates
from linjen.triage.asking.remembering import remembered
from linjen.triage.asking.standing import active_rules, fired, touched_rules
from linjen.triage.content.condition import MAYBE, NO, UNKNOWN, YES, codes_of, compiled, parse
from linjen.triage.content.library import Fitting
from linjen.triage.content.reach import spanning
from linjen.triage.content.touched import Touched
from tests.rules.resident import MOST_PAGES, knowing
from tests.rules.test_triage_properties import PROTOCOLS, USED, known_facts, quick, reading_as, starts

ASKED: dict[str, Callable[[Protocols, State], Any]] = {
    "page": next_page,
    "result": assess,
    "ahead": pages_left,
    "left": lambda protocols, state: list(still_to_ask(protocols, state)),
    "first left": lambda protocols, state: next(iter(still_to_ask(protocols, state)), None),
    "emergency": is_emergency,
    "candidates": candidates,
    "first page": lambda protocols, state: page_at(protocols, state, 0),
}


def anew(state: State) -> State:
    """The same state as it comes out of the database: nothing is known of it yet."""
    return msgspec.convert(msgspec.to_builtins(state), State)


@settings(quick, max_examples=30)  # each is a whole interview, with everything asked twice at each page
@given(starts(), known_facts(), st.integers())
def test_asked_again_and_in_any_order_gives_what_is_worked_out_anew(
    state: State, facts: dict[str, Value], seed: int
) -> None:
    protocols, chance = reading_as(state), random.Random(seed)
    say = knowing(protocols, facts)
    for _ in range(MOST_PAGES):
        order = chance.sample(sorted(ASKED), len(ASKED)) * 2
        for name in order:
            assert ASKED[name](protocols, state) == ASKED[name](protocols, anew(state)), name
        page = next_page(protocols, state)
        if page is None:
            return
        given_ = {asked.code: say(asked) for asked in page.codes}
        assert answer(protocols, state, given_) == answer(protocols, anew(state), given_)
        state = answer(protocols, state, given_)


def test_another_content_is_not_told_what_the_first_one_said() -> None:
    protocols = load()
    state = begin(protocols, 40, "female", "self", "halsont och feber")
    assert candidates(protocols, state)[0].id == "halsont"
    nobody = dataclasses.replace(protocols, audiences=dict.fromkeys(protocols.vocabulary.reasons, (lambda _: 0,)))
    assert [one.id for one in candidates(nobody, state)] == ["ovrigt"]
    assert candidates(protocols, state)[0].id == "halsont"


def test_it_is_worked_out_once_and_a_changed_state_knows_nothing_of_it() -> None:
    protocols, times = load(), []

    @remembered
    def count(_: Protocols, state: State) -> int:
        times.append(state)
        return len(times)

    state = begin(protocols, 40)
    other = msgspec.structs.replace(state, texts=("mer",))
    assert [count(protocols, state), count(protocols, state), count(protocols, other)] == [1, 1, 2]
    assert state == anew(state)
    assert see_facts(protocols, state) is see_facts(protocols, state)
    assert b"facts" not in msgspec.json.encode(state)


def test_what_is_left_is_worked_out_no_further_than_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    protocols, weighed, worth = load(), [], agenda._worth

    def weigh(*given_: Any) -> set[str]:
        weighed.append(1)
        return worth(*given_)

    monkeypatch.setattr(agenda, "_worth", weigh)
    state = choose(protocols, begin(protocols, 40, "female", "self", "ont i halsen"), ["halsont"])
    first = next(iter(still_to_ask(protocols, state)))
    assert not weighed, "the danger screen is asked whatever it can change"
    both = zip(still_to_ask(protocols, state), still_to_ask(protocols, state), strict=True)
    assert next(both) == (first, first)
    assert all(one is other for one, other in both)
    assert weighed == [1]


def test_a_state_that_is_no_longer_used_leaves_nothing_for_the_collector() -> None:
    """What is kept with a state must not hold it: each answer makes a new one."""
    protocols = load()
    state = begin(protocols, 40, "female", "self", "ont i halsen")
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            other = anew(state)
            for ask in ASKED.values():
                ask(protocols, other)
            del other
        assert gc.collect() == 0
    finally:
        gc.enable()


@quick
@given(starts(), known_facts(), st.integers())
def test_the_rules_that_are_touched_are_all_that_can_hold(state: State, facts: dict[str, Value], seed: int) -> None:
    """Found by their codes, they fire as when every rule is tried; no, "vet inte" and 0 among the answers."""
    chance, findings = random.Random(seed), PROTOCOLS.vocabulary.findings
    denied = {code: False if findings[code].type == "bool" else None for code in chance.sample(USED, 12)}
    answers: dict[str, Value] = {**denied, **facts}
    for code in chance.sample(sorted(answers), 4):
        answers[code] = 0.0 if findings[code].type == "number" else None
    state = msgspec.structs.replace(state, answers=answers)
    table = see_facts(PROTOCOLS, state)
    reasons = tuple(PROTOCOLS.reasons.values())
    every = fired(active_rules(PROTOCOLS, reasons, table), table)
    assert fired(touched_rules(PROTOCOLS, reasons, table), table) == every
    assert len(list(touched_rules(PROTOCOLS, reasons, table))) < len(list(active_rules(PROTOCOLS, reasons, table)))


def test_a_rule_that_holds_where_nothing_is_known_is_always_touched() -> None:
    parse_ = functools.partial(parse, findings=PROTOCOLS.vocabulary.findings)
    nodes = [parse_(text) for text in ("gen.fever", "not gen.fever and age_years < 1", "female", "gen.temp >= 38")]
    rules = [Fitting(compiled(node), spanning(node), codes_of(node)) for node in nodes]
    touched = Touched(rules)
    assert touched.by({}) == [rules[1], rules[2]]
    assert touched.by({"gen.fever": NO}) == [rules[1], rules[2]]
    assert touched.by({"gen.fever": MAYBE, "gen.temp": 0.0}) == rules
    assert touched.by({UNKNOWN + "gen.fever": YES}) == rules[:3]
