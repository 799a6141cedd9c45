"""From answers to facts: what follows from an answer without asking, and whom a code fits."""

from __future__ import annotations

from linjen.triage.asking.remembering import remembered
from linjen.triage.content.condition import MAYBE, NO, PATIENT, SEX, UNKNOWN, WRITER, YES
from linjen.triage.content.library import Protocols
from linjen.triage.state import State

FactTable = dict[str, int | float | str]


@remembered
def see_facts(protocols: Protocols, state: State) -> FactTable:
    """The facts that rules are tested on: yes/no codes as NO, MAYBE, YES; numbers, choices, age and sex as they are.

    A yes means its parents are yes (column `implies`); a reason the resident chose means its own symptom is yes.
    An own answer to a code always wins over what follows from another.
    """
    facts: FactTable = {PATIENT: state.patient.age_years, SEX: state.patient.sex}
    facts[WRITER] = state.patient.writer
    facts["child.age_months"] = state.patient.age_years * 12
    answers = state.answers
    findings = protocols.vocabulary.findings
    for code in _means(protocols, state):
        if code not in answers:
            facts[code] = YES
    for code, value in answers.items():
        if value is None:
            facts[UNKNOWN + code] = YES
            if findings[code].is_red_flag:
                facts.setdefault(code, MAYBE)
        elif value is False:
            facts[code] = NO
        elif value is True:
            facts[code] = YES
            _raise_parents(protocols, state, facts, code)
        else:
            facts[code] = value
    return facts


def _means(protocols: Protocols, state: State) -> list[str]:
    reasons = (protocols.reasons[id] for id in state.chosen if id in protocols.reasons)
    # A warning sign is never taken for granted: who chooses "Krampanfall" may ask about her medicine.
    findings = protocols.vocabulary.findings
    return [code for reason in reasons for code in reason.file.means if not findings[code].is_red_flag]


def _raise_parents(protocols: Protocols, state: State, facts: FactTable, code: str) -> None:
    for parent in protocols.vocabulary.ancestors(code):
        if state.answers.get(parent) is None:
            facts[parent] = YES


def is_settled(protocols: Protocols, state: State, facts: FactTable, code: str) -> bool:
    """Need `code` not be asked: answered, meant by another answer, or ruled out by a no to what it implies?"""
    if code in state.answers or facts.get(code) == YES or code == "child.age_months":
        return True
    for parent in protocols.vocabulary.ancestors(code):  # noqa: SIM110 - asked for a thousand times a page
        if state.answers.get(parent) is False:
            return True
    return False


def is_fitting(protocols: Protocols, facts: FactTable, code: str) -> bool:
    """Does the code fit the patient's age and sex, and what is known so far?"""
    for fit in protocols.fits.get(code, ()):  # noqa: SIM110 - asked for a thousand times a page
        if fit.test(facts) == NO:
            return False
    return True
