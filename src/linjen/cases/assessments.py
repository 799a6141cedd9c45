"""Bedömningar: what each interview ended in, as numbers, for those who see to it that the triage is good."""

from __future__ import annotations

from datetime import date, datetime

from linjen.cases.loading import Case
from linjen.cases.start import Intake
from linjen.core import clock
from linjen.core.database import Connection

_INSERT = """
insert into assessments (case_id, unit_id, month, reason, level, outcome, questions) values ($1, $2, $3, $4, $5, $6, $7)
"""


def month_of(at: datetime) -> date:
    """The first day of the Swedish month that an instant belongs to; everything is counted by it."""
    return clock.local_date(at).replace(day=1)


def count_questions(intake: Intake) -> int:
    """How many questions were asked and answered: a question is one heading with at most six codes."""
    pages = intake.interview.get("pages")
    return len(pages) if isinstance(pages, list | tuple) else 0


async def note_assessed(db: Connection, case: Case, intake: Intake, *, level: int, reason: str, outcome: str) -> None:
    """Keep what the triage said of an interview that ends now: 'sent', or 'self_care' for advice that is followed.

    `level` is 1 (most urgent) to 5. A case without an interview was not triaged, and nothing is kept.
    """
    if case.entry == "symptom" and intake.interview:
        await db.execute(
            _INSERT, case.id, case.unit_id, month_of(clock.now()), reason, level, outcome, count_questions(intake)
        )  # fmt: skip
