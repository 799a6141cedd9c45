"""What is asked whatever it can change, and what is asked together so that danger is known at once."""

from __future__ import annotations

import dataclasses

from linjen.triage import Protocols, Value, answer, assess, begin, choose, load, next_page
from linjen.triage.state import TextReading
from tests.rules.resident import interviewed, knowing


def _asked_for(reason: str, age: float, facts: dict[str, Value]) -> set[str]:
    protocols = load()
    state = choose(protocols, begin(protocols, age, "female", text=""), [reason])
    return set(assess(protocols, interviewed(protocols, state, knowing(protocols, facts))).asked)


def test_a_warning_sign_among_a_reasons_questions_is_asked_though_it_can_raise_nothing() -> None:
    """Ongoing palpitations are level 2 already; an uneven pulse (3) is asked for staff all the same."""
    protocols = load()
    file = protocols.reasons["svimning"].file
    own = [code for block in file.questions if not block.condition for code in block.ask]
    flags = {code for code in own if protocols.vocabulary.findings[code].is_red_flag} - set(file.red_flags.ask)
    assert flags
    assert flags <= _asked_for("svimning", 40, {"gen.syncope": True})
    assert "heart.irregular" in _asked_for("hjartklappning", 70, {"heart.palp_ongoing": True})


def _heard_pre_eclampsia() -> Protocols:
    found = TextReading(
        "sv", (("huvudvark", 0.8),), ("preg.headache_vision",), {"preg.headache_vision": "flimrar"}, True
    )
    return dataclasses.replace(load(), read=lambda text: found if text else TextReading())


def test_the_week_is_asked_with_the_signs_of_pre_eclampsia() -> None:
    """The signs are danger to life from week 20, so the answer is there after one page and not after four."""
    protocols = _heard_pre_eclampsia()
    state = begin(protocols, 30, "female", text="jag är gravid och det flimrar för ögonen")
    for _ in range(2):
        page = next_page(protocols, state)
        assert page is not None
        say = knowing(protocols, {"gyn.pregnant": "yes", "preg.headache_vision": True, "gyn.preg_week": 31})
        state = answer(protocols, state, {code.code: say(code) for code in page.codes})
    assert assess(protocols, state).urgency == 1
    assert next_page(protocols, state) is None


def test_a_belly_that_has_hurt_for_nobody_knows_how_long_is_seen_by_somebody() -> None:
    protocols = load()
    state = choose(protocols, begin(protocols, 37, "male", text="ont i magen"), ["magont"])
    done = interviewed(protocols, state, knowing(protocols, {"gi.abd_pain": True}))
    assert assess(protocols, done).urgency == 4
