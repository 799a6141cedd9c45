"""Interviews of the seeded cases, answered through the real triage, so that staff read what a resident would send."""

from __future__ import annotations

from linjen.triage import State, answer, begin, choose, load, next_page
from linjen.triage.state import Value

#: What is true in each seeded case; everything else that is asked is answered no, or the first of the choices.
FACTS: dict[str, dict[str, Value]] = {
    "waiting": {"gen.fever": True, "gen.temp": 38.4, "gen.duration_days": 4, "gen.fever_days": 4, "pain.severity": 6,
                "ent.tonsil_exudate": True, "gen.swollen_nodes": True, "gen.course": "worse"},
    "child": {"gen.fever": True, "gen.temp": 39.1, "gen.fever_days": 4, "gen.duration_days": 4, "gen.course": "worse"},
    "teen": {"gen.duration_days": 9, "pain.severity": 7, "gen.course": "worse"},
    "urgent": {"resp.dyspnea": True, "resp.dyspnea_exertion": True, "gen.duration_days": 2, "gen.course": "worse"},
    "protected": {"gen.duration_days": 8, "gen.course": "worse", "skin.itch": True, "skin.crusts": True},
    "held_by_karin": {"gen.fever": True, "gen.temp": 38.6, "gen.duration_days": 9, "gen.fever_days": 5,
                      "gen.course": "worse", "resp.cough": True},
    "held_by_bo": {"uro.dysuria": True, "gen.duration_days": 2, "uro.frequency": True},
    "at_lyktan": {"gi.abd_pain": True, "gen.duration_days": 1, "pain.severity": 7, "gen.course": "same"},
    "at_bjorken": {"eye.red": True, "gen.duration_days": 2},
}  # fmt: skip


def interviewed(case: str, *, age_years: float, sex: str, writer: str, text: str, reason: str) -> State:
    """A whole interview about one reason, with the facts of that seeded case."""
    protocols, facts = load(), FACTS[case]
    state = choose(protocols, begin(protocols, age_years, sex, writer, text), [reason])  # type: ignore[arg-type]
    while page := next_page(protocols, state):
        given: dict[str, Value] = {}
        for asked in page.codes:
            if asked.code in facts:
                given[asked.code] = facts[asked.code]
            elif asked.type == "bool":
                given[asked.code] = False
            else:
                given[asked.code] = None
        state = answer(protocols, state, given)
    return state
