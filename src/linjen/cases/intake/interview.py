"""Frågor och bedömning: the triage's interview as a draft keeps it, and its result as the case keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from linjen.cases.intake.start import Intake, read_result, set_outcome
from linjen.cases.levels import URGENT
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.sealing import Sealer
from linjen.triage import (
    Fired,
    Line,
    Protocols,
    Result,
    SelfCare,
    State,
    add_text,
    answer,
    assess,
    begin,
    choose,
    next_page,
)
from linjen.triage.asking.confirming import stated_in
from linjen.triage.asking.forms import GENERAL_FORM, form_in_words, still_fits, written_in
from linjen.triage.asking.interview import free_answers, standing_answers
from linjen.triage.asking.margins import Margins, margins
from linjen.triage.asking.standing import fired_now
from linjen.triage.asking.summary import summary
from linjen.triage.asking.wording import asked
from linjen.triage.state import Patient, TextReading
from linjen.triage.trials.replay import fitting_answers

#: What a case is sorted as that nobody has triaged: somebody in care reads it within a day.
FORM_PRIORITY = 3


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What the triage says of a case and why, as staff read it: kept sealed with the case, never changed.

    `urgency` is 1 (most urgent) to 5, None for an administrative question. `rules` say why, the deciding one first;
    `lines` are the answers with the questions as the resident read them, warning signs first; `words` are the warning
    signs that the tripwire heard, code to the words that it hit on; `chosen` are the contact reasons she picked; `form`
    holds (question, answer) of the short form. With `form_only` the triage was turned off: there is no urgency, and
    `lines` are answers from before it was; `answered` is then the most urgent level that these are certain of, since a
    warning sign that was ticked counts no less than one that was written. `margins` say what would have made it more or
    less urgent, None where that has not been worked out; `language` is the one that she read in, '' when it was not
    noted.
    """

    urgency: int | None
    outcome: str
    contact_reason: str = ""
    protocol: str = ""
    chosen: tuple[str, ...] = ()
    rules: tuple[Fired, ...] = ()
    lines: tuple[Line, ...] = ()
    words: dict[str, str] = {}
    unanswered_red_flags: tuple[str, ...] = ()
    self_care: tuple[SelfCare, ...] = ()
    complete: bool = True
    form: tuple[tuple[str, str], ...] = ()
    form_only: bool = False
    answered: int | None = None
    margins: Margins | None = None
    language: str = ""


def read_state(intake: Intake) -> State | None:
    """The interview of a draft, or None before the own words are there."""
    return msgspec.convert(intake.interview, State) if intake.interview else None


def keep_state(intake: Intake, state: State) -> Intake:
    """The intake with this interview in it; every answer ever given stays in `said`, for filling pages in again."""
    said = {**intake.said, **state.answers}
    return msgspec.structs.replace(intake, interview=msgspec.to_builtins(state), said=said)


def set_words(
    protocols: Protocols, state: State | None, patient: Patient, text: str, later: Sequence[str] = ()
) -> State:
    """The interview after own words, `later` texts or the patient were written anew: answers stay while they are asked.

    A warning sign that only the old words named is forgotten, unless it has been answered. One that is newly heard is
    asked about even when it was answered "nej" before.
    """
    if state is None:
        state = begin(protocols, patient.age_years, patient.sex, patient.writer, text, patient.name, _today())
        for more in filter(None, later):
            state = add_text(protocols, state, more)
        return state
    reading = protocols.read(text)
    texts = (text, *filter(None, later))
    free = free_answers(protocols, state.answers)
    suspected = _suspected(protocols, state, [reading, *map(protocols.read, (*texts[1:], *free))])
    written_on = state.written_on if text == state.texts[0] else _today().isoformat()
    stated = stated_in(protocols, texts, written_on)
    heard = {*suspected, *(code for code, one in stated.items() if one.value is True)} - state.suspected.keys()
    changed = msgspec.structs.replace(
        state, patient=patient, texts=texts, reading=reading, suspected=suspected, protocol=protocols.stamp,
        answers=standing_answers(protocols, state.answers, heard - state.stated.keys()), stated=stated,
        written_on=written_on,
    )  # fmt: skip
    if patient == state.patient and protocols.stamp == state.protocol:
        return changed
    return _again(protocols, changed)


def _today() -> date:
    return clock.local_date(clock.now())


def _suspected(protocols: Protocols, state: State, readings: Iterable[TextReading]) -> dict[str, str]:
    known = protocols.vocabulary.findings
    answered = {code: words for code, words in state.suspected.items() if code in state.answers and code in known}
    found: dict[str, str] = {}
    for reading in readings:
        found |= {code: reading.quotes.get(code, "") for code in reading.red_flags if code in known}
    return {**found, **answered}


def _again(protocols: Protocols, state: State) -> State:
    """The same interview from its start, for another patient or another version, with every answer that still fits."""
    old = fitting_answers(protocols, state.answers)
    chosen = tuple(reason for reason in state.chosen if reason in protocols.vocabulary.reasons)
    bare = msgspec.structs.replace(state, answers={}, pages=(), chosen=(), protocol=protocols.stamp)
    fresh = choose(protocols, bare, chosen)
    while page := next_page(protocols, fresh):
        given = {asked.code: old[asked.code] for asked in page.codes if asked.code in old}
        if not given:
            break
        fresh = answer(protocols, fresh, given)
    return fresh


def begun_on(intake: Intake) -> str:
    """The stamp of the version that a draft was begun on, '' before the own words are there."""
    return str(intake.interview["protocol"]) if intake.interview else intake.protocol


def follow_protocol(protocols: Protocols, intake: Intake) -> Intake:
    """The intake as it stands under `protocols`: as it is on the version that it was begun on, else moved to another.

    A draft finishes on the version it began with, whatever is released meanwhile; the caller asks the shelf for it. It
    follows to the running one only when its own can no longer be had: it was retired, it was shipped with an older
    program, or this program reads it otherwise. Then every answer that is still asked for stays, what is asked in
    addition comes as questions, and of the short form what fits stays; choices, kept as numbers, are asked anew.
    """
    stamp = begun_on(intake)
    if stamp in {"", protocols.stamp}:
        return intake
    kept = {field: answer for field, answer in intake.form.items() if still_fits(protocols, field, answer)}
    passed = intake.passed if kept == intake.form else [step for step in intake.passed if step != "form"]
    intake = msgspec.structs.replace(intake, form=kept, passed=passed, protocol=protocols.stamp)
    state = read_state(intake)
    return keep_state(intake, _again(protocols, state)) if state else intake


def conclude(protocols: Protocols, state: State, intake: Intake) -> Assessment:
    """What the triage says of this interview so far. Who has read self-care advice and wants contact is level 5."""
    result: Result = assess(protocols, state)
    wanted = result.outcome == "self_care" and intake.want_contact
    form = form_in_words(protocols, state.chosen or [result.contact_reason], state.patient, intake.form)
    return Assessment(
        urgency=result.urgency, outcome="contact" if wanted else result.outcome, contact_reason=result.contact_reason,
        protocol=result.protocol, chosen=state.chosen, rules=result.rules, lines=tuple(summary(protocols, state)),
        words=state.suspected, unanswered_red_flags=result.unanswered_red_flags, self_care=result.self_care,
        complete=result.complete, form=tuple((question, answer) for _, question, answer in form),
    )  # fmt: skip


def concluded(protocols: Protocols, state: State | None, found: Assessment, language: str) -> Assessment:
    """What is kept of a case that is sent: what `conclude` or `hear` found, with how near other levels were."""
    if found.urgency is None or state is None:
        return msgspec.structs.replace(found, language=language)
    near = margins(protocols, state, found.urgency) if found.complete else None
    return msgspec.structs.replace(found, margins=near, language=language)


def hear(protocols: Protocols, intake: Intake, patient: Patient) -> Assessment:
    """What is known of an administrative question: what `listen` hears in all that was written, and its short form."""
    reasons = [intake.about] if intake.about else []
    found = listen(protocols, [intake.text, *written_in(protocols, reasons, intake.form)])
    form = form_in_words(protocols, reasons, patient, intake.form)
    said = tuple((question, answer) for _, question, answer in form)
    return msgspec.structs.replace(found, contact_reason=intake.about, form=said)


def hear_form(protocols: Protocols, intake: Intake, patient: Patient) -> Assessment:
    """Triagen är avstängd: no level, only what `listen` hears in all that was written, and the general form.

    What she answered before it was turned off is kept for staff to read, and a warning sign among it still counts.
    """
    texts = [intake.text, *written_in(protocols, [GENERAL_FORM], intake.form), intake.extra]
    said = form_in_words(protocols, [GENERAL_FORM], patient, intake.form)
    state, heard = read_state(intake), listen(protocols, texts)
    answered = (
        min((rule.level for rule in fired_now(protocols, state) if rule.certain), default=None) if state else None
    )
    return msgspec.structs.replace(
        heard, form=tuple((question, answer) for _, question, answer in said), form_only=True,
        words={**_ticked(protocols, state), **heard.words} if state else heard.words,
        lines=tuple(summary(protocols, state)) if state else (), complete=False, answered=answered,
        outcome="emergency" if answered == 1 else heard.outcome,
    )  # fmt: skip


def _ticked(protocols: Protocols, state: State) -> dict[str, str]:
    """The urgent warning signs that were answered yes, each with its question in place of written words."""
    signs = [code for code, value in state.answers.items() if value is True]
    return {
        code: asked(protocols, state.patient, code).text
        for code in signs
        if (level := level_of(protocols, code)) is not None and level <= URGENT
    }


def untriaged_priority(protocols: Protocols, assessment: Assessment, least: int) -> int:
    """What a case without triage is sorted as: `least`, or as urgent as the warning signs in its words and answers."""
    levels = [level_of(protocols, code) or least for code in assessment.words]
    return min([least, assessment.answered or least, *levels])


def listen(protocols: Protocols, texts: Iterable[str]) -> Assessment:
    """The tripwire alone, for an administrative question: no triage, but an alarming word is never overheard.

    `outcome` is emergency for a finding of level 1, contact otherwise.
    """
    words: dict[str, str] = {}
    for text in texts:
        reading = protocols.read(text)
        for code in reading.red_flags:
            words[code] = _joined(words.get(code, ""), reading.quotes.get(code, ""))
    levels = [level for code in words if (level := level_of(protocols, code))]
    outcome = "emergency" if levels and min(levels) == 1 else "contact"
    return Assessment(urgency=None, outcome=outcome, protocol=protocols.stamp, words=words)


def _joined(first: str, second: str) -> str:
    """Two quotes of the same sign, each once."""
    return first if second in first else f"{first} … {second}" if first else second


def level_of(protocols: Protocols, code: str) -> int | None:
    """The least urgent level that a yes to this warning sign can end in, or None when it has none."""
    finding = protocols.vocabulary.findings.get(code)
    return finding.level if finding else None


async def keep_assessment(db: Connection, sealer: Sealer, case_id: UUID, assessment: Assessment) -> None:
    """Store what the triage says with the case; its outcome decides the draft's phase. The caller holds it open."""
    await set_outcome(db, sealer, case_id, assessment.outcome, msgspec.json.encode(assessment))


async def read_assessment(db: Connection, sealer: Sealer, case_id: UUID) -> Assessment | None:
    """What the triage said of a case that the caller has seen by see_case; None when it has not been triaged."""
    stored = await read_result(db, sealer, case_id)
    return msgspec.json.decode(stored, type=Assessment) if stored and stored != b"{}" else None
