"""A stored interview held again with another version: what would have been asked, and where it would have ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from linjen.core.errors import Invalid
from linjen.triage.asking.assessment import assess
from linjen.triage.asking.interview import add_text, answer, begin, checked, choose, next_page
from linjen.triage.content.library import Protocols
from linjen.triage.state import Result, State, Value


class Replayed(msgspec.Struct, frozen=True):
    """How it went: the result, how many pages, and the codes that she was never asked, which count as "vet inte"."""

    result: Result
    questions: int
    unasked: tuple[str, ...]


def fitting_answers(protocols: Protocols, answers: Mapping[str, Value]) -> dict[str, Value]:
    """The answers that this version may be given: a code or a value that it does not know is left out."""
    found: dict[str, Value] = {}
    for code, value in answers.items():
        try:
            found[code] = checked(protocols, code, value)
        except Invalid:
            continue
    return found


def replay(protocols: Protocols, state: State, said: Mapping[str, Value]) -> Replayed:
    """The interview from its start: the same patient, words and reasons, and every answer where it is asked for.

    `said` holds what she answered besides `state.answers`, on pages that a change took away. The words are read with
    the lexicon of this program, which is no part of a version.
    """
    patient, texts = state.patient, state.texts or ("",)
    on = date.fromisoformat(state.written_on) if state.written_on else None
    fresh = begin(protocols, patient.age_years, patient.sex, patient.writer, texts[0], patient.name, on)
    for text in texts[1:]:
        fresh = add_text(protocols, fresh, text)
    known = fitting_answers(protocols, {**said, **state.answers})
    fresh = choose(protocols, fresh, [one for one in state.chosen if one in protocols.vocabulary.reasons])
    unasked: dict[str, None] = {}
    while page := next_page(protocols, fresh):
        codes = [asked.code for asked in page.codes]
        unasked |= dict.fromkeys(code for code in codes if code not in known)
        fresh = answer(protocols, fresh, {code: known.get(code) for code in codes})
    return Replayed(assess(protocols, fresh), len(fresh.pages), tuple(unasked))
