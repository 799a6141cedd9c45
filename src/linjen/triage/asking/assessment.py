"""The assessment: the most urgent rule decides, never an average, and nothing unknown passes as harmless."""

from __future__ import annotations

from collections.abc import Iterable, Set

from linjen.triage.asking.agenda import still_to_ask
from linjen.triage.asking.facts import FactTable, see_facts
from linjen.triage.asking.interview import is_all_asked
from linjen.triage.asking.plausible import candidates, contact_reason, is_only_administrative, protocols_in_play
from linjen.triage.asking.standing import LEAST_WITH_UNKNOWN, SELF_CARE, UNKNOWN_ID, defaults, fired_now
from linjen.triage.content.library import Protocols
from linjen.triage.content.shape import Advice, ReasonFile
from linjen.triage.state import Fired, Outcome, Result, SelfCare, State

FIRST_WITH_ADVICE = 3  # who waits a day or more is helped by advice meanwhile
ADULT = 18  # years
_FEVER_IN_CHILD = "feber_barn"
_OPEN_ID = "intervjun.obesvarad"


def assess(protocols: Protocols, state: State) -> Result:
    """The urgency 1-5 with every rule that took part, at any point of the interview; the same input gives the same.

    A warning sign that is still to be asked or was answered "vet inte" keeps the result away from self-care, and a
    rule that rests on a "vet inte" counts one level below its own.
    """
    facts = see_facts(protocols, state)
    found = [*fired_now(protocols, state)]
    emergency = any(rule.level == 1 and rule.certain for rule in found)
    unknown = unknown_red_flags(protocols, state)
    left = [] if emergency else _open_red_flags(protocols, state)
    complete = emergency or is_all_asked(protocols, state)
    administrative = is_only_administrative(protocols, state)
    found += open_question_rules(unknown, left, complete=complete)
    found += defaults(protocols, state, facts)
    urgency = min(rule.level for rule in found)
    return Result(
        urgency=urgency,
        contact_reason=contact_reason(protocols, state, facts),
        candidates=tuple(one.id for one in candidates(protocols, state)),
        rules=tuple(sorted(found, key=lambda rule: (rule.level, not rule.certain, rule.id))),
        outcome="contact" if administrative and not emergency else _outcome(urgency, emergency=emergency),
        asked=tuple(dict.fromkeys(code for page in state.pages for code in page.codes)),
        protocol=protocols.stamp,
        complete=complete,
        unanswered_red_flags=tuple(dict.fromkeys([*unknown, *left])),
        self_care=_advice(protocols, state, facts, found) if urgency >= FIRST_WITH_ADVICE else (),
    )


def _outcome(urgency: int, *, emergency: bool) -> Outcome:
    if emergency:
        return "emergency"
    return "self_care" if urgency == SELF_CARE else "contact"


def unknown_red_flags(protocols: Protocols, state: State) -> list[str]:
    """The warning signs that were answered "vet inte"."""
    findings = protocols.vocabulary.findings
    return [code for code, value in state.answers.items() if value is None and findings[code].is_red_flag]


def _open_red_flags(protocols: Protocols, state: State) -> list[str]:
    findings = protocols.vocabulary.findings
    asked = (code for due in still_to_ask(protocols, state) for code in due.codes)
    return [code for code in dict.fromkeys(asked) if findings[code].is_red_flag]


def open_question_rules(unknown: list[str], left: list[str], *, complete: bool) -> list[Fired]:
    """What keeps a result away from self-care: warning signs answered "vet inte", and questions that are left."""
    found = []
    if unknown:
        why = "Minst ett varningstecken är besvarat med ”vet inte”, så någon i vården behöver titta på ärendet."
        found.append(Fired(UNKNOWN_ID, why, LEAST_WITH_UNKNOWN, certain=False))
    if left or not complete:
        why = "Alla frågor är inte besvarade, så någon i vården behöver titta på ärendet."
        found.append(Fired(_OPEN_ID, why, LEAST_WITH_UNKNOWN, certain=False))
    return found


def _advice(protocols: Protocols, state: State, facts: FactTable, found: Iterable[Fired]) -> tuple[SelfCare, ...]:
    """Advice on what the case is about: the reasons that she chose, else the one that names it, and no other that her
    words resemble. Fever in a child has its own beside them, since how the child is decides more than the reason.
    """
    named = state.chosen or (contact_reason(protocols, state, facts),)
    playing = [reason.file for reason in protocols_in_play(protocols, state, facts)]
    held = {rule.id for rule in found if rule.certain}
    written = [(file, _for_patient(file, state)) for file in playing if file.id in named or file.id == _FEVER_IN_CHILD]
    return tuple(_self_care(file, advice, held) for file, advice in written if advice is not None)


def _for_patient(file: ReasonFile, state: State) -> Advice | None:
    """The advice for who writes for a child where there is one."""
    is_child = state.patient.age_years < ADULT and state.patient.writer != "self"
    return (file.self_care_child if is_child else None) or file.self_care


def _self_care(file: ReasonFile, advice: Advice, held: Set[str]) -> SelfCare:
    left_out = {number for rule, numbers in advice.already.items() if rule in held for number in numbers}
    seek = (line for number, line in enumerate(advice.seek_care_if, 1) if number not in left_out)
    return SelfCare(
        file.id, advice.title, advice.intro, tuple(advice.do), tuple(seek),
        child=advice is file.self_care_child, left_out=tuple(sorted(left_out)),
    )  # fmt: skip
