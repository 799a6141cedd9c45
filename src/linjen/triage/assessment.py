"""The assessment: the most urgent rule decides, never an average, and nothing unknown passes as harmless."""

from __future__ import annotations

from collections.abc import Iterable

from linjen.triage.condition import MAYBE, YES
from linjen.triage.content import Advice, Default
from linjen.triage.facts import FactTable, see_facts
from linjen.triage.interview import active_rules, due_blocks, next_page, open_codes
from linjen.triage.library import Protocols, Reason, Rule
from linjen.triage.plausible import candidates, contact_reason, in_play, is_denied, protocols_in_play
from linjen.triage.state import Fired, Outcome, Result, SelfCare, State

SELF_CARE = 5
LEAST_WITH_UNKNOWN = 4  # "vet inte" to a warning sign never ends in self-care
FIRST_WITH_ADVICE = 3  # who waits a day or more is helped by advice meanwhile
_UNKNOWN_ID = "vet_inte"
_OPEN_ID = "intervjun.obesvarad"


def assess(protocols: Protocols, state: State) -> Result:
    """The urgency 1-5 with every rule that took part, at any point of the interview; the same input gives the same.

    A warning sign that is still to be asked or was answered "vet inte" keeps the result away from self-care, and a
    rule that rests on a "vet inte" counts one level below its own.
    """
    facts = see_facts(protocols, state)
    reasons = protocols_in_play(protocols, state, facts)
    fired = _fired(active_rules(protocols, reasons), facts)
    emergency = any(rule.level == 1 and rule.certain for rule in fired)
    unknown = _unknown_red_flags(protocols, state)
    left = [] if emergency else _open_red_flags(protocols, state, facts)
    complete = emergency or next_page(protocols, state) is None
    fired += _open_question_rules(unknown, left, complete=complete)
    fired += _defaults(protocols, state, facts)
    urgency = min(rule.level for rule in fired)
    return Result(
        urgency=urgency,
        contact_reason=contact_reason(protocols, state, facts),
        candidates=tuple(one.id for one in candidates(protocols, state)),
        rules=tuple(sorted(fired, key=lambda rule: (rule.level, not rule.certain, rule.id))),
        outcome=_outcome(urgency, emergency=emergency),
        asked=tuple(dict.fromkeys(code for page in state.pages for code in page.codes)),
        protocol=protocols.stamp,
        complete=complete,
        unanswered_red_flags=tuple(dict.fromkeys([*unknown, *left])),
        self_care=_advice(reasons) if urgency >= FIRST_WITH_ADVICE else (),
    )


def _outcome(urgency: int, *, emergency: bool) -> Outcome:
    if emergency:
        return "emergency"
    return "self_care" if urgency == SELF_CARE else "contact"


def _fired(rules: Iterable[Rule], facts: FactTable) -> list[Fired]:
    found = []
    for rule in rules:
        truth = rule.test(facts)
        if truth == YES:
            found.append(_as_fired(rule, rule.level, rule.id, rule.why, certain=True))
        elif truth == MAYBE:
            level = min(rule.level + 1, LEAST_WITH_UNKNOWN)
            why = f"Svaret är ”vet inte” på något som kan betyda: {rule.why}"
            found.append(_as_fired(rule, level, f"{rule.id}.{_UNKNOWN_ID}", why, certain=False))
    return found


def _as_fired(rule: Rule, level: int, id: str, why: str, *, certain: bool) -> Fired:
    return Fired(id, why, level, certain, rule.version, rule.source, rule.reviewed)


def _unknown_red_flags(protocols: Protocols, state: State) -> list[str]:
    findings = protocols.vocabulary.findings
    return [code for code, value in state.answers.items() if value is None and findings[code].is_red_flag]


def _open_red_flags(protocols: Protocols, state: State, facts: FactTable) -> list[str]:
    findings = protocols.vocabulary.findings
    due = dict.fromkeys(code for block in due_blocks(protocols, state, facts) for code in block.codes)
    return open_codes(protocols, state, facts, [code for code in due if findings[code].is_red_flag])


def _open_question_rules(unknown: list[str], left: list[str], *, complete: bool) -> list[Fired]:
    found = []
    if unknown:
        why = "Minst ett varningstecken är besvarat med ”vet inte”, så någon i vården behöver titta på ärendet."
        found.append(Fired(_UNKNOWN_ID, why, LEAST_WITH_UNKNOWN, certain=False))
    if left or not complete:
        why = "Alla frågor är inte besvarade, så någon i vården behöver titta på ärendet."
        found.append(Fired(_OPEN_ID, why, LEAST_WITH_UNKNOWN, certain=False))
    return found


def _defaults(protocols: Protocols, state: State, facts: FactTable) -> list[Fired]:
    """The starting level of each reason in play that is not denied; the general one when none is left."""
    playing = [id for id in in_play(protocols, state, facts) if not is_denied(protocols, state, facts, id)]
    found = [_as_default(protocols.reasons[id].file.default, id) for id in playing if id in protocols.reasons]
    for id in playing:
        if id in protocols.reasons:
            continue
        # Without a choice, a reason without lead questions counts only as the best by text, and one that is harmless
        # at its latest leaves the level to a reason whose lead symptom the resident has said yes to.
        mild = protocols.vocabulary.reasons[id].latest == SELF_CARE and bool(found)
        if state.chosen or (id == playing[0] and not mild):
            found.append(_listed_default(protocols, id))
    return found or [_as_default(protocols.general.default, "allmant")]


def _as_default(default: Default, id: str) -> Fired:
    return Fired(f"{id}.utgangsniva", default.why, default.level)


def _listed_default(protocols: Protocols, id: str) -> Fired:
    """A reason without a protocol of its own: as late as it ever may be, but always with a person in the loop.

    Level 1 is left to answered questions: a reason alone, without any finding, sends nobody to 112.
    """
    reason = protocols.vocabulary.reasons[id]
    why = f"Utgångsnivå för {reason.name.lower()}, som bedöms med de allmänna frågorna."
    return Fired(f"{id}.utgangsniva", why, max(2, min(reason.latest, protocols.general.default.level)))


def _advice(reasons: tuple[Reason, ...]) -> tuple[SelfCare, ...]:
    written = ((reason.file.id, reason.file.self_care) for reason in reasons)
    return tuple(_self_care(id, advice) for id, advice in written if advice is not None)


def _self_care(id: str, advice: Advice) -> SelfCare:
    return SelfCare(id, advice.title, advice.intro, tuple(advice.do), tuple(advice.seek_care_if))
