"""The intake summary that staff read: warning signs first, then what is unknown, the positive, and the negated."""

from __future__ import annotations

from linjen.triage.asking.plausible import NO_AMONG_CHOICES
from linjen.triage.asking.wording import asked, in_words
from linjen.triage.content.library import Protocols
from linjen.triage.state import Line, LineKind, State, Value

_ORDER = {"red_flag": 0, "unknown": 1, "positive": 2, "detail": 3, "negative": 4}


def summary(protocols: Protocols, state: State) -> list[Line]:
    """One line an answer, with the question as the resident read it.

    Order: warning signs that are present; warning signs answered "vet inte"; other yes; numbers, choices and own
    words; then no and other "vet inte". Within a group the order of the interview.
    """
    place = {code: number for number, code in enumerate(code for page in state.pages for code in page.codes)}
    lines = [_line(protocols, state, code, value) for code, value in state.answers.items()]
    return sorted(lines, key=lambda line: (_ORDER[line.kind], place.get(line.code, len(place))))


def _line(protocols: Protocols, state: State, code: str, value: Value) -> Line:
    finding = protocols.vocabulary.findings[code]
    kind: LineKind = "detail"
    if value is None:
        kind = "unknown" if finding.is_red_flag else "negative"
    elif value is True:
        kind = "red_flag" if finding.is_red_flag else "positive"
    elif value is False or value == NO_AMONG_CHOICES:
        kind = "negative"
    return Line(
        question=asked(protocols, state.patient, code).text,
        code=code,
        name=finding.name,
        answer=in_words(protocols, code, value),
        value=value,
        is_red_flag=finding.is_red_flag,
        unknown=value is None,
        kind=kind,
    )
