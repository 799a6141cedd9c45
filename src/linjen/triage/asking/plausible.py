"""Which contact reasons are in play: chosen by the resident, or read from the text and held against lead questions."""

from __future__ import annotations

from linjen.triage.asking.facts import FactTable
from linjen.triage.asking.remembering import remembered
from linjen.triage.content.condition import NO, PATIENT, SEX, Facts
from linjen.triage.content.library import Protocols, Reason
from linjen.triage.state import Candidate, State

FALLBACK = "ovrigt"
NO_AMONG_CHOICES = "no"
MOST_CANDIDATES = 5
NEAR = 0.4  # a reason is worth a lead question with two fifths of the best one's score
NEAR_WHEN_UNSURE = 0.7  # ... where the words say so little that their order is chance, and the compass asks anyway
NEAR_THE_CHOSEN = 0.6  # ... where she was shown it and chose another
NEAR_FOR_ERRANDS = (
    0.7  # ... where nothing can be asked to tell whether the words mean it: a prescription, a certificate
)
OFFERED = 0.3  # a reason is offered to choose from with this part of the best one's score
FAINT = 0.06  # below this the text says too little for any reason
UNSURE = 0.16  # below this the words leave it open what the case is about, and the compass asks


@remembered
def candidates(protocols: Protocols, state: State) -> tuple[Candidate, ...]:
    """The best contact reasons that fit the patient, best first, at most five, then "Övrigt besvär"."""
    known = protocols.vocabulary.reasons
    facts: Facts = {PATIENT: state.patient.age_years, SEX: state.patient.sex}
    least = max([FAINT, *(OFFERED * score for _, score in state.reading.reasons)])
    found = [
        Candidate(id, known[id].name, score)
        for id, score in state.reading.reasons
        if id in known and id != FALLBACK and score >= least and is_for(protocols, id, facts)
    ]
    return (*found[:MOST_CANDIDATES], Candidate(FALLBACK, known[FALLBACK].name, 0.0))


def is_for(protocols: Protocols, id: str, facts: Facts) -> bool:
    """Is the reason one for this patient's age and sex?"""
    return all(test(facts) != NO for test in protocols.audiences.get(id, ()))


@remembered
def by_text(protocols: Protocols, state: State) -> tuple[str, ...]:
    """The reasons that the text alone makes plausible, best first; it depends on nothing else."""
    found = [one for one in candidates(protocols, state) if one.id != FALLBACK]
    if not found or found[0].score < FAINT:
        return ()
    near = NEAR if found[0].score >= UNSURE else NEAR_WHEN_UNSURE
    return tuple(one.id for one in found if one.score >= near * found[0].score)


@remembered
def is_unsure(protocols: Protocols, state: State, facts: FactTable) -> bool:
    """Is it open what the case is about? Then what the resident answers finds further reasons.

    It is when the words say little, and when she has said no to the lead symptoms of all that they resemble.
    """
    if state.chosen:
        return state.chosen[0] == FALLBACK
    if candidates(protocols, state)[0].score < UNSURE:
        return True
    asked = [id for id in by_text(protocols, state) if id in protocols.reasons and protocols.reasons[id].file.lead]
    return bool(asked) and all(is_denied(protocols, state, facts, id) for id in asked)


@remembered
def by_findings(protocols: Protocols, state: State, facts: FactTable) -> tuple[str, ...]:
    """The reasons that nobody named but that an answer speaks for, whatever the words said."""
    named = (*state.chosen, *by_text(protocols, state))
    # "Vet inte" to a warning sign finds them, too; a limit would let one more finding push another's reason out.
    found = (id for code, ids in protocols.general.finds.items() if facts.get(code, NO) != NO for id in ids)
    return tuple(dict.fromkeys(id for id in found if id not in named and is_for(protocols, id, facts)))


def resembling(protocols: Protocols, state: State) -> tuple[str, ...]:
    """The reasons that the text makes plausible and the resident did not choose.

    She was shown them beside the one that she chose, so they must be nearer to the best than where nobody has chosen.
    """
    found = [id for id in by_text(protocols, state) if id not in state.chosen]
    if not state.chosen or not found:
        return tuple(found)
    score = {one.id: one.score for one in candidates(protocols, state)}
    return tuple(id for id in found if score[id] >= NEAR_THE_CHOSEN * max(score.values()))


def is_faint_errand(protocols: Protocols, state: State, reason_id: str) -> bool:
    """Is it a reason without lead symptoms, which nobody chose, and which the words resemble much less than another?

    Such a reason can never be denied, so it would stand as soon as the better ones are.
    """
    reason = protocols.reasons.get(reason_id)
    if reason is None or reason.file.lead or state.chosen:
        return False
    score = {one.id: one.score for one in candidates(protocols, state)}
    return reason_id in score and score[reason_id] < NEAR_FOR_ERRANDS * max(score.values())


def is_denied(protocols: Protocols, state: State, facts: FactTable, reason_id: str) -> bool:
    """Has the resident said no to the first lead symptom and yes or "vet inte" to no other one?

    A reason that was chosen, or has no protocol of its own, is never denied.
    """
    reason = protocols.reasons.get(reason_id)
    if reason is None or reason_id in state.chosen or not reason.file.lead:
        return False
    first, *others = reason.file.lead
    if _is_yes(facts, first) or not _is_ruled_out(protocols, state, first):
        return False
    return not any(_is_yes(facts, code) or _is_doubted(protocols, state, code) for code in others)


def is_affirmed(protocols: Protocols, state: State, facts: FactTable, reason_id: str) -> bool:
    """Has the resident said yes or "vet inte" to one of the lead symptoms?"""
    reason = protocols.reasons.get(reason_id)
    lead = reason.file.lead if reason is not None else []
    return any(_is_yes(facts, code) or _is_doubted(protocols, state, code) for code in lead)


def _is_yes(facts: FactTable, code: str) -> bool:
    """Does an answer speak for it? "Nej" among choices ("är du gravid?") speaks against it, as a plain no does."""
    return facts.get(code) not in {None, False, NO_AMONG_CHOICES}


def _is_ruled_out(protocols: Protocols, state: State, code: str) -> bool:
    """Was a code answered no, or something that a yes to it would mean?"""
    answers = (state.answers.get(one) for one in (code, *protocols.vocabulary.ancestors(code)))
    return any(value is False or value == NO_AMONG_CHOICES for value in answers)


def _is_doubted(protocols: Protocols, state: State, code: str) -> bool:
    """Was a yes/no question answered "vet inte"? Of a number or a choice that says nothing either way."""
    return state.answers.get(code, False) is None and protocols.vocabulary.findings[code].type == "bool"


@remembered
def in_play(protocols: Protocols, state: State, facts: FactTable) -> tuple[str, ...]:
    """The reasons whose warning signs and rules count: those chosen, those of the text that are not denied, and those
    that an answer speaks for.

    A choice adds and takes nothing away: who picks "Feber" and wrote of her throat is asked for the throat's warning
    signs. The first one always stays, so that a no to its lead symptom never silences its rules.
    """
    found = state.chosen if is_only_administrative(protocols, state) else (*state.chosen, *resembling(protocols, state))
    named = tuple(id for id in found if id == found[0] or not is_denied(protocols, state, facts, id))
    return (*named, *by_findings(protocols, state, facts))


def contact_reason(protocols: Protocols, state: State, facts: FactTable) -> str:
    """The one reason that names the case."""
    if state.chosen:
        return state.chosen[0]
    found = by_text(protocols, state)
    affirmed = [id for id in found if not is_denied(protocols, state, facts, id)]
    return next(iter([*affirmed, *by_findings(protocols, state, facts), *found]), FALLBACK)


@remembered
def protocols_in_play(protocols: Protocols, state: State, facts: FactTable) -> tuple[Reason, ...]:
    """The compiled protocols of the reasons in play; those without a file of their own are left out."""
    return tuple(protocols.reasons[id] for id in in_play(protocols, state, facts) if id in protocols.reasons)


def is_only_administrative(protocols: Protocols, state: State) -> bool:
    """Has the resident chosen nothing but administrative reasons?"""
    known = protocols.vocabulary.reasons
    return bool(state.chosen) and all(known[id].kind == "admin" for id in state.chosen)
