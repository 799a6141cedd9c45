"""Anamnesen: what the resident said and answered, why the triage put it where it did, and all of it as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import get_args

import msgspec

from linjen.cases.intake.interview import Assessment, read_assessment
from linjen.cases.intake.start import Intake, read_intake
from linjen.cases.loading import Case
from linjen.core.database import Connection
from linjen.triage.asking.margins import Margins
from linjen.triage.content.condition_words import listed
from linjen.triage.state import Fired, Line, LineKind
from linjen.triage.vocabulary import vocabulary
from linjen.web.clinic.case.case_head import CaseHead
from linjen.web.clinic.case.why import Why, margin_words, read_why, said_once
from linjen.web.exchange import Exchange


class Anamnesis(msgspec.Struct, frozen=True, kw_only=True):
    """What staff read of an intake. Lines keep the question as the resident read it.

    `heard` holds what the tripwire found in the own words: the sign's name and the words.
    """

    words: str
    extra: str
    triaged: bool
    complete: bool
    flags: Sequence[Line]
    unknown: Sequence[Line]
    answers: Sequence[Line]
    unsure: Sequence[Line]
    denied: Sequence[Line]
    heard: Sequence[tuple[str, str]]
    form: Sequence[tuple[str, str]]
    rules: Sequence[Fired]
    protocol: str
    form_only: bool
    in_english: bool
    margins: Margins | None


async def read_anamnesis(db: Connection, exchange: Exchange, case: Case) -> tuple[Anamnesis, Why]:
    """The intake of a case that the reader has seen by see_case, and why it stands where it does.

    A case that was not triaged has its own words only.
    """
    intake = await read_intake(db, exchange.site.sealer, case.id)
    assessment = await read_assessment(db, exchange.site.sealer, case.id)
    found = assessment or Assessment(urgency=None, outcome="contact")
    return as_anamnesis(intake, found, triaged=assessment is not None), await read_why(db, exchange, case, found)


def as_anamnesis(intake: Intake, found: Assessment, *, triaged: bool) -> Anamnesis:
    """What was said and what it came to, sorted as staff read it."""
    signs = vocabulary().findings
    answered = {line.code for line in found.lines}
    of_kind = {kind: [line for line in found.lines if line.kind == kind] for kind in get_args(LineKind)}
    return Anamnesis(
        words=intake.text, extra=intake.extra, triaged=triaged and bool(found.lines or found.rules),
        complete=found.complete, flags=of_kind["red_flag"], unknown=of_kind["unknown"],
        answers=of_kind["positive"] + of_kind["detail"], unsure=[line for line in of_kind["negative"] if line.unknown],
        denied=[line for line in of_kind["negative"] if not line.unknown],
        heard=[(signs[code].name, words) for code, words in found.words.items()
               if code in signs and code not in answered],
        form=found.form, rules=found.rules, protocol=found.protocol, form_only=found.form_only,
        in_english=found.language == "en" and bool(found.lines or found.form), margins=found.margins,
    )  # fmt: skip


def as_text(
    exchange: Exchange, head: CaseHead, case: Case, anamnesis: Anamnesis, further: Sequence[str] = ()
) -> str:  # fmt: skip
    """The anamnesis for the record system: plain lines under the headings that the journal has.

    `further` are the lines of further complaints.
    """
    say = exchange.say
    return "\n".join([
        say("clinic.copy.now"), *current_lines(exchange, head, case, anamnesis), *further, "",
        say("clinic.copy.assessment"),
        *urgency_lines(exchange, case, anamnesis), "", say("clinic.copy.action"), "",
    ])  # fmt: skip


def current_lines(exchange: Exchange, head: CaseHead, case: Case, anamnesis: Anamnesis) -> list[str]:
    """Aktuellt: what she said and answered, line by line."""
    say = exchange.say
    now = [
        say("clinic.copy.patient", age=head.facts),
        say("clinic.copy.reason", reason=head.reason),
        *_block(say("clinic.intake.words"), [anamnesis.words, anamnesis.extra]),
        *answer_lines(exchange, anamnesis),
        *_block(say("clinic.intake.form"), [f"{question} {answer}" for question, answer in anamnesis.form]),
    ]
    if case.pictures:
        key = "picture_one" if case.pictures == 1 else "picture_many"
        now.append(say(f"clinic.copy.{key}", count=case.pictures))
    return now


def answer_lines(exchange: Exchange, anamnesis: Anamnesis) -> list[str]:
    """The answers of an interview, line by line under their headings."""
    say = exchange.say
    return [
        *_block(say("clinic.intake.red_flags"), _lines(anamnesis.flags)),
        *_block(say("clinic.intake.unknown"), _lines(anamnesis.unknown)),
        *_block(say("clinic.intake.answers"), _lines(anamnesis.answers)),
        *_block(say("clinic.intake.unsure"), _lines(anamnesis.unsure)),
        *_block(say("clinic.intake.denied"), _lines(anamnesis.denied)),
    ]


def _lines(lines: Sequence[Line]) -> list[str]:
    return [f"{line.question} {line.answer}" for line in lines]


def _block(heading: str, lines: Sequence[str]) -> list[str]:
    said = [line for line in lines if line]
    return [f"{heading}:", *(f"- {line}" for line in said)] if said else []


def urgency_lines(exchange: Exchange, case: Case, anamnesis: Anamnesis) -> list[str]:
    """Bedömning: the level that the triage gave, and why; nothing when it gave none."""
    if anamnesis.form_only:
        return [exchange.say("clinic.intake.form_only")]
    if case.urgency is None or not anamnesis.triaged:
        return []
    word = exchange.say(f"urgency.{case.urgency}")
    line = exchange.say("clinic.copy.urgency", level=case.urgency, word=word, protocol=anamnesis.protocol)
    return [line, *(f"- {rule.why}" for rule in said_once(anamnesis.rules)), *_margins(exchange, anamnesis.margins)]


def _margins(exchange: Exchange, found: Margins | None) -> list[str]:
    """One line of what would have changed the level, each level once, the most urgent first."""
    near = sorted((*found.more, *found.less), key=lambda one: one.level) if found else []
    said = [
        exchange.say(
            "clinic.copy.level", level=level, words=listed([margin_words(exchange, one) for one in some], "eller")
        )
        for level, some in groupby(near, key=lambda one: one.level)
    ]
    return [exchange.say("clinic.copy.margins", levels="; ".join(said))] if said else []
