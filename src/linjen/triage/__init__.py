"""Own words to questions to urgency 1-5: pure functions, protocols as data."""

from linjen.triage.assessment import assess
from linjen.triage.interview import add_text, answer, begin, choose, next_page, page_at
from linjen.triage.library import Protocols, load
from linjen.triage.plausible import candidates
from linjen.triage.remaining import pages_ahead, pages_left
from linjen.triage.state import Asked, AskedPage, Candidate, Fired, Line, Page, Patient, Result, SelfCare, State, Value
from linjen.triage.summary import summary

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
    "pages_ahead",
    "pages_left",
    "summary",
]
