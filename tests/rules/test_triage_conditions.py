"""The grammar of conditions: what it takes, what it refuses, and its three truth values."""

from __future__ import annotations

import pytest

from linjen.core.errors import Invalid
from linjen.triage.content.condition import MAYBE, NO, UNKNOWN, YES, compiled, parse
from linjen.triage.vocabulary import vocabulary

FINDINGS = vocabulary().findings
Facts = dict[str, int | float | str]


def truth(text: str, facts: Facts) -> int:
    terms = {"feber": parse("gen.fever or gen.temp >= 38", FINDINGS)}
    return compiled(parse(text, FINDINGS, terms))(facts)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("gen.chills", {"gen.chills": YES}, YES),
        ("gen.chills", {"gen.chills": MAYBE}, MAYBE),
        ("gen.chills", {}, NO),
        ("not gen.chills", {}, YES),
        ("not gen.chills", {"gen.chills": MAYBE}, MAYBE),
        ("gen.chills and resp.cough", {"gen.chills": MAYBE, "resp.cough": YES}, MAYBE),
        ("gen.chills and resp.cough", {"gen.chills": MAYBE}, NO),
        ("gen.chills or resp.cough", {"gen.chills": MAYBE, "resp.cough": YES}, YES),
        ("resp.cough or gen.chills and gen.fever", {"resp.cough": YES}, YES),
        ("(resp.cough or gen.chills) and gen.fever", {"resp.cough": YES}, NO),
        ("any(resp.cough, gen.chills)", {"gen.chills": YES}, YES),
        ("all(resp.cough, gen.chills)", {"gen.chills": YES}, NO),
        ("count(resp.cough, gen.chills, gen.fever) >= 2", {"gen.chills": YES, "gen.fever": YES}, YES),
        ("count(resp.cough, gen.chills, gen.fever) >= 2", {"gen.chills": MAYBE, "gen.fever": YES}, MAYBE),
        ("count(resp.cough, gen.chills, gen.fever) >= 2", {"gen.chills": YES}, NO),
        ("gen.temp >= 38", {"gen.temp": 38.0}, YES),
        ("gen.temp >= 38", {}, NO),
        ("gen.temp < 38", {}, NO),
        ("gen.course in (worse, fluctuating)", {"gen.course": "fluctuating"}, YES),
        ("gen.course == worse", {"gen.course": "better"}, NO),
        ("unknown(gyn.pregnant)", {UNKNOWN + "gyn.pregnant": YES}, YES),
        ("unknown(gyn.pregnant)", {"gyn.pregnant": "no"}, NO),
        ("age_years < 0.25 and feber", {"age_years": 0.2, "gen.temp": 38.2}, YES),
        ("male", {"sex": "unknown"}, NO),
        ("not male", {"sex": "unknown"}, YES),
        ("by_self", {"writer": "self"}, YES),
    ],
)
def test_truth(text: str, facts: Facts, expected: int) -> None:
    assert truth(text, facts) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the end"),
        ("gen.nothing", "unknown finding code"),
        ("gen.temp", "needs a comparison"),
        ("gen.temp >= warm", "no number"),
        ("gen.fever >= 1", "takes no comparison"),
        ("gen.course", "needs == or in"),
        ("gen.course == sideways", "no value sideways"),
        ("pain.location", "free text"),
        ("gen.fever and", "the end"),
        ("gen.fever gen.chills", "left over"),
        ("(gen.fever", "')'"),
        ("count(gen.fever, gen.chills) >= 3", "between 1 and 2"),
        ("__import__('os')", "cannot read"),
        ("gen.fever; gen.chills", "cannot read"),
        ("unknown(warmth)", "unknown finding code"),
        ("(" * 21 + "gen.fever" + ")" * 21, "nested deeper than 20 levels"),
        ("not " * 21 + "gen.fever", "nested deeper than 20 levels"),
    ],
)
def test_what_breaks_the_grammar_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text, FINDINGS)
    assert refused.value.reason == "bad_condition"
    assert why in str(refused.value.detail["why"])
