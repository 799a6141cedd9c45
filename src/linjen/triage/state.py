"""What an interview holds and gives back: plain structs that can be stored, sealed and read again."""

from __future__ import annotations

from typing import Literal

import msgspec

Value = bool | float | str | None
Sex = Literal["female", "male", "unknown"]
Writer = Literal["self", "parent", "relative"]
LineKind = Literal["red_flag", "unknown", "positive", "detail", "negative"]
Outcome = Literal["emergency", "contact", "self_care"]


#: Characters of own words in one box, all of them read: more than most people ever write about an illness.
LONGEST_WORDS = 20_000


class Stated(msgspec.Struct, frozen=True):
    """What own words state of one finding, and the words. `weekday` (Monday is 0) stands for a number of days ago."""

    value: Value
    words: str
    weekday: int | None = None


class TextReading(msgspec.Struct, frozen=True):
    """What was read out of own words: best reasons with scores, and the finding codes that the tripwire hit."""

    language: str = "sv"
    reasons: tuple[tuple[str, float], ...] = ()
    red_flags: tuple[str, ...] = ()
    quotes: dict[str, str] = {}
    alarm: bool = False


class AskedPage(msgspec.Struct, frozen=True):
    """A page that has been answered: its id and the codes that stood on it, in order."""

    id: str
    codes: tuple[str, ...]


class Patient(msgspec.Struct, frozen=True):
    """Whom the interview is about (age in years, may be a fraction) and who writes.

    `name` is the given name that questions use when somebody else writes; nothing is decided by it.
    """

    age_years: float
    sex: Sex = "unknown"
    writer: Writer = "self"
    name: str = ""


class State(msgspec.Struct, frozen=True, dict=True):
    """One interview. `answers` holds code to value, None for "vet inte"; `texts` own words, first to last.

    `suspected` holds the codes that the tripwire hit, with the words that it hit on; `stated` the everyday findings
    that the words state plainly, to be confirmed; `written_on` the day of the words as an ISO date, '' when unknown.
    `kept` holds answers from before a change, taken again when their page comes; what is not asked again never counts.
    """

    patient: Patient
    texts: tuple[str, ...]
    reading: TextReading
    protocol: str
    chosen: tuple[str, ...] = ()
    suspected: dict[str, str] = {}
    answers: dict[str, Value] = {}
    pages: tuple[AskedPage, ...] = ()
    kept: dict[str, Value] = {}
    stated: dict[str, Stated] = {}
    written_on: str = ""


class Choice(msgspec.Struct, frozen=True):
    """One value of a choice question and its label on the screen."""

    value: str
    label: str


class Asked(msgspec.Struct, frozen=True):
    """One code on a page. `text` is worded for the writer; `low` and `high` limit a number, in `unit`.

    `quote` holds the writer's own words where they speak of this, and `stated` the value they state, to be confirmed;
    `language` is the one that the text could be shown in.
    """

    code: str
    type: Literal["bool", "number", "enum", "text"]
    text: str
    values: tuple[Choice, ...] = ()
    unit: str = ""
    help: str = ""
    low: float | None = None
    high: float | None = None
    quote: str = ""
    stated: Value = None
    language: str = "sv"


class Page(msgspec.Struct, frozen=True):
    """One heading with at most six codes. `kind` tells where in the interview it belongs."""

    id: str
    kind: Literal["tripwire", "lead", "danger", "compass", "red_flags", "question", "risk_groups"]
    text: str
    help: str
    codes: tuple[Asked, ...]
    language: str = "sv"


class Candidate(msgspec.Struct, frozen=True):
    """A contact reason to choose from; `score` is the matcher's, 0 to 1."""

    id: str
    name: str
    score: float


class Fired(msgspec.Struct, frozen=True):
    """A rule that took part in the result. `certain` is False when it rests on a warning sign answered "vet inte"."""

    id: str
    why: str
    level: int
    certain: bool = True
    version: int = 1
    source: str = ""
    reviewed: bool = False


class SelfCare(msgspec.Struct, frozen=True):
    """Self-care advice for one contact reason; `child` is the one for who writes for a child.

    `left_out` are the lines of `seek_care_if` as written (from 1) that are missing, since they say what is so already.
    """

    reason: str
    title: str
    intro: str
    do: tuple[str, ...]
    seek_care_if: tuple[str, ...]
    language: str = "sv"
    child: bool = False
    left_out: tuple[int, ...] = ()


class Result(msgspec.Struct, frozen=True):
    """The assessment. `urgency` is 1 (most urgent) to 5; `protocol` is name@version+hash of the content used.

    `self_care` is there from urgency 3 on: as the outcome at 5, as advice meanwhile at 3 and 4.
    """

    urgency: int
    contact_reason: str
    candidates: tuple[str, ...]
    rules: tuple[Fired, ...]
    outcome: Outcome
    asked: tuple[str, ...]
    protocol: str
    complete: bool
    unanswered_red_flags: tuple[str, ...]
    self_care: tuple[SelfCare, ...] = ()


class Line(msgspec.Struct, frozen=True):
    """One line of the intake summary for staff: the question as the resident read it and the answer in words."""

    question: str
    code: str
    name: str
    answer: str
    value: Value
    is_red_flag: bool
    unknown: bool
    kind: LineKind
