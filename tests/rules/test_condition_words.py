"""Conditions in Swedish words: what is written is what counts, and no two different ones sound the same."""

from __future__ import annotations

import pytest

from linjen.triage.content.condition import parse
from linjen.triage.content.condition_words import condition_words
from linjen.triage.content.library import load

_TERMS = {"gravid": "gyn.pregnant == yes or gyn.preg_week >= 1"}


def said(text: str) -> str:
    """A condition in words, with the names and labels that ship."""
    protocols = load()
    terms = {name: parse(one, protocols.vocabulary.findings) for name, one in _TERMS.items()}
    node = parse(text, protocols.vocabulary.findings, terms)
    return condition_words(node, protocols.vocabulary, protocols.words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gen.temp >= 38.5 and (gi.vomiting or gi.diarrhea)",
         "högsta uppmätta temperatur minst 38,5 °C och (kräkningar eller diarré)"),
        ("resp.cough", "hosta"),
        ("not resp.cough", "inte hosta"),
        ("not (resp.cough or gi.diarrhea)", "inte (hosta eller diarré)"),
        ("gi.vomiting or gi.diarrhea or resp.cough", "kräkningar, diarré eller hosta"),
        ("all(gi.vomiting, gi.diarrhea) and resp.cough", "kräkningar, diarré och hosta"),
        ("count(gi.vomiting, gi.diarrhea, resp.cough) >= 2", "minst 2 av 3: kräkningar, diarré och hosta"),
        ("count(gi.vomiting, gi.diarrhea, resp.cough) >= 2 or gen.fatigue",
         "(minst 2 av 3: kräkningar, diarré och hosta) eller ovanlig trötthet"),
        ("trauma.occurred and resp.cough", "’olycka eller skada’ och hosta"),
        ("gen.course in (worse, same)", "förlopp: ”Det blir sämre” eller ”Det är oförändrat”"),
        ("unknown(resp.cough)", "”vet inte” på hosta"),
        ("age_years < 0.25", "yngre än 3 månader"),
        ("age_years < 1", "yngre än 1 år"),
        ("age_years >= 65 and female and by_self", "minst 65 år gammal, kvinna och skriver själv"),
        ("age_years > 5 or age_years <= 1.5", "äldre än 5 år eller högst 18 månader gammal"),
        ("child.age_months == 1", "precis 1 månad gammal"),
        ("pain.severity > 7", "smärtans styrka 0–10 mer än 7"),
        ("gravid and resp.cough", "(gravid: ”Ja” eller graviditetsvecka minst 1) och hosta"),
    ],
)  # fmt: skip
def test_a_condition_is_worded(text: str, words: str) -> None:
    assert said(text) == words


def test_every_condition_that_ships_has_words_of_its_own() -> None:
    """Different conditions have different words, or a reader of a comparison would see no change where there is one."""
    protocols = load()
    rules = [rule for reason in protocols.reasons.values() for rule in reason.rules] + list(protocols.rules)
    nodes: dict[str, set[object]] = {}
    for rule in [*rules, *protocols.floors.values()]:
        words = condition_words(rule.node, protocols.vocabulary, protocols.words)
        assert words
        assert "  " not in words
        nodes.setdefault(words, set()).add(_canonical(rule.node))
    assert not {words: found for words, found in nodes.items() if len(found) > 1}


def _canonical(node: object) -> object:
    """A node without the difference between parts in parts and parts side by side."""
    from linjen.triage.content.condition import AtLeast, Not  # noqa: PLC0415

    if isinstance(node, Not):
        return ("not", _canonical(node.part))
    if not isinstance(node, AtLeast):
        return node
    kind = "all" if node.least == len(node.parts) else "any" if node.least == 1 else f"{node.least}"
    parts: list[object] = []
    for part in map(_canonical, node.parts):
        parts += part[1] if isinstance(part, tuple) and part[0] == kind and kind in {"all", "any"} else [part]
    return parts[0] if len(parts) == 1 else (kind, tuple(parts))
