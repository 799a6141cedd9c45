"""Bedömningar: what each interview ended in, as numbers, for those who see to it that the triage is good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from linjen.cases.intake.interview import Assessment
from linjen.cases.intake.start import KEPT_DAYS, Intake, open_intake
from linjen.cases.loading import Case
from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.sealing import Broken, Sealer

#: A case of symptoms that the same patient sends so soon after self-care advice counts as having come back.
BACK_WITHIN = timedelta(days=7)
#: So many rows in one transaction, as in every sweep.
BATCH = 500

_INSERT = """
insert into assessments (case_id, unit_id, month, reason, level, outcome, questions) values ($1, $2, $3, $4, $5, $6, $7)
"""

#: In one order for everybody, so that two that count at once never wait for each other in a circle.
_COUNT = """
insert into left_drafts (unit_id, month, reason, ended, step, count)
select unit_id, month, reason, ended, step, count(*)::int
from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[]) as l(unit_id, month, reason, ended, step)
group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
on conflict (unit_id, month, reason, ended, step) do update set count = left_drafts.count + excluded.count
"""

_SETTLE = """
update assessments a set came_back = exists (
  select 1 from cases n where n.patient_id = c.patient_id and n.entry = 'symptom'
    and n.sent_at > c.closed_at and n.sent_at <= c.closed_at + $2::interval)
from cases c where c.id = a.case_id and a.case_id in (
  select w.case_id from assessments w join cases d on d.id = w.case_id
  where w.outcome = 'self_care' and w.came_back is null and d.closed_at <= $1::timestamptz - $2::interval
  limit $3 for update of w skip locked)
"""


class Left(msgspec.Struct, frozen=True):
    """One draft that was left, as it is counted: no id of anybody.

    `ended` is 'left', 'emergency' after the advice to call 112, or after self-care advice 'came_back' or 'stayed'.
    """

    unit_id: UUID | None
    month: date
    reason: str
    ended: str
    step: str


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
    if case.entry == "symptom" and intake.interview and case.unit_id is not None:
        await db.execute(
            _INSERT, case.id, case.unit_id, month_of(clock.now()), reason, level, outcome, count_questions(intake)
        )  # fmt: skip


async def count_left(db: Connection, left: Sequence[Left]) -> None:
    """Count drafts that are being emptied."""
    if left:
        fields = zip(*((one.unit_id, one.month, one.reason, one.ended, one.step) for one in left), strict=True)
        await db.execute(_COUNT, *map(list, fields))


def left_of(sealer: Sealer, row: Row, left_at: datetime) -> Left:
    """How a draft is counted, from its row: id, unit_id, phase, step, state_sealed, result_sealed and came_back."""
    ended = "emergency" if row["phase"] == "emergency_advised" else "left"
    if row["phase"] == "self_care_offered":
        ended = "came_back" if row["came_back"] else "stayed"
    return Left(row["unit_id"], month_of(left_at), _reason(sealer, row), ended, row["step"])


def _reason(sealer: Sealer, row: Row) -> str:
    """The contact reason that a draft came to, '' before one was chosen and for what can no longer be read."""
    id = row["id"].bytes
    try:
        if row["phase"] != "intake" and row["result_sealed"] is not None:
            plain = sealer.unseal("intake_result", row["result_sealed"], id)
            return msgspec.json.decode(plain, type=Assessment).contact_reason
        state = open_intake(sealer, row["id"], row["state_sealed"])
    except (Broken, msgspec.DecodeError):
        return ""
    chosen = state.interview.get("chosen")
    return str(chosen[0]) if isinstance(chosen, list) and chosen else ""


async def settle_self_care(database: Database, at: datetime) -> int:
    """For advice that was followed long enough before `at` (UTC): did the patient come back? How many were settled."""
    settled = 0
    while True:
        async with database.transaction() as db:
            done = int((await db.execute(_SETTLE, at, BACK_WITHIN, BATCH)).split()[-1])
        settled += done
        if done < BATCH:
            return settled


#: As a part of a statement over cases `c` and intakes `i`: did who was given advice in this draft come back in time?
CAME_BACK = f"""exists (select 1 from cases n where n.patient_id = c.patient_id and n.entry = 'symptom'
  and n.sent_at > i.expires_at - interval '{KEPT_DAYS} days'
  and n.sent_at <= i.expires_at + interval '{BACK_WITHIN.days - KEPT_DAYS} days')"""
