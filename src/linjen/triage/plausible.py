"""Which contact reasons are in play: chosen by the resident, or read from the text and held against lead questions."""

from __future__ import annotations

from linjen.triage.condition import NO, PATIENT, SEX, Facts
from linjen.triage.facts import FactTable
from linjen.triage.library import Protocols, Reason
from linjen.triage.state import Candidate, State

FALLBACK = "ovrigt"
MOST_CANDIDATES = 5
NEAR = 0.35  # a reason is worth a lead question with a third of the best one's score
FAINT = 0.15  # below this the text says too little for any reason


def candidates(protocols: Protocols, state: State) -> tuple[Candidate, ...]:
    """The best contact reasons that fit the patient, best first, at most five, then "Övrigt besvär"."""
    known = protocols.vocabulary.reasons
    facts: Facts = {PATIENT: state.patient.age_years, SEX: state.patient.sex}
    found = [
        Candidate(id, known[id].name, score)
        for id, score in state.reading.reasons
        if id in known and id != FALLBACK and all(test(facts) != NO for test in protocols.audiences.get(id, ()))
    ]
    return (*found[:MOST_CANDIDATES], Candidate(FALLBACK, known[FALLBACK].name, 0.0))


def by_text(protocols: Protocols, state: State) -> tuple[str, ...]:
    """The reasons that the text alone makes plausible, best first; it depends on nothing else."""
    found = [one for one in candidates(protocols, state) if one.id != FALLBACK]
    if not found or found[0].score < FAINT:
        return ()
    return tuple(one.id for one in found if one.score >= NEAR * found[0].score)


def is_denied(protocols: Protocols, state: State, facts: FactTable, reason_id: str) -> bool:
    """Has the resident said no to the first lead symptom and yes or "vet inte" to no other one?

    A reason that was chosen, or has no protocol of its own, is never denied.
    """
    reason = protocols.reasons.get(reason_id)
    if reason is None or reason_id in state.chosen or not reason.file.lead:
        return False
    first, *others = reason.file.lead
    if state.answers.get(first, True) is not False or facts.get(first):
        return False
    return not any(facts.get(code) or state.answers.get(code, False) is None for code in others)


def is_affirmed(protocols: Protocols, state: State, facts: FactTable, reason_id: str) -> bool:
    """Has the resident said yes or "vet inte" to one of the lead symptoms?"""
    reason = protocols.reasons.get(reason_id)
    lead = reason.file.lead if reason is not None else []
    return any(facts.get(code) or (code in state.answers and state.answers[code] is None) for code in lead)


def in_play(protocols: Protocols, state: State, facts: FactTable) -> tuple[str, ...]:
    """The reasons whose warning signs and rules count: those chosen, else those of the text that are not denied.

    The best one by text always stays, so that a no to its lead symptom never silences its rules.
    """
    if state.chosen:
        return state.chosen
    found = by_text(protocols, state)
    return tuple(id for id in found if id == found[0] or not is_denied(protocols, state, facts, id))


def contact_reason(protocols: Protocols, state: State, facts: FactTable) -> str:
    """The one reason that names the case."""
    if state.chosen:
        return state.chosen[0]
    found = by_text(protocols, state)
    affirmed = [id for id in found if not is_denied(protocols, state, facts, id)]
    if affirmed or found:
        return (affirmed or list(found))[0]
    return FALLBACK


def protocols_in_play(protocols: Protocols, state: State, facts: FactTable) -> tuple[Reason, ...]:
    """The compiled protocols of the reasons in play; those without a file of their own are left out."""
    return tuple(protocols.reasons[id] for id in in_play(protocols, state, facts) if id in protocols.reasons)


def is_only_administrative(protocols: Protocols, state: State) -> bool:
    """Has the resident chosen nothing but administrative reasons?"""
    known = protocols.vocabulary.reasons
    return bool(state.chosen) and all(known[id].kind == "admin" for id in state.chosen)
