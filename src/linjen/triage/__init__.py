"""Own words to questions to urgency 1-5: pure functions, protocols as data."""

from linjen.triage.asking.assessment import assess
from linjen.triage.asking.interview import add_text, answer, begin, choose, next_page, page_at
from linjen.triage.asking.plausible import candidates
from linjen.triage.asking.remaining import pages_left
from linjen.triage.asking.summary import summary
from linjen.triage.content.library import Protocols, load
from linjen.triage.state import Asked, AskedPage, Candidate, Fired, Line, Page, Patient, Result, SelfCare, State, Value

__all__ = [
    "Asked",
    "AskedPage",
    "Candidate",
    "Fired",
    "Line",
    "Page",
    "Patient",
    "Protocols",
    "Result",
    "SelfCare",
    "State",
    "Value",
    "add_text",
    "answer",
    "assess",
    "begin",
    "candidates",
    "choose",
    "load",
    "next_page",
    "page_at",
    "pages_left",
    "summary",
]
