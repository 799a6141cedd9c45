"""Bedöm triagens nivå: who handled the case says whether it was right, too high or too low, and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.events import record
from linjen.core.sealing import Sealer

#: Too high: the triage took it for more urgent than it was. Too low: for less.
VERDICTS = ("right", "too_high", "too_low")
LONGEST_WHY = 1_000


class Said(msgspec.Struct, frozen=True):
    """A verdict as it is given. `right_level` (1 is most urgent, 5 least) may be left out, and so may the words."""

    verdict: str
    right_level: int | None = None
    why: str = ""


class TriageVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The triage's level of a case, and what was said of it; verdict '' when nothing was. Times are UTC.

    `closed_by` is who closed the case, None while it is open or when nobody of the staff did.
    """

    level: int
    verdict: str
    right_level: int | None
    why: str
    by_name: str
    by_id: UUID | None
    judged_at: datetime | None
    closed_by: UUID | None


_FIND = """
select a.level, coalesce(a.verdict, '') as verdict, a.right_level, a.why_sealed, a.judged_by as by_id, a.judged_at,
  v.closed_by, coalesce(s.given_name || ' ' || s.surname, '') as by_name
from assessments a join cases c on c.id = a.case_id join visits v on v.id = c.visit_id
left join staff s on s.id = a.judged_by where a.case_id = $1 and a.outcome = 'sent'
"""


async def find_triage_verdict(db: Connection, sealer: Sealer, case_id: UUID) -> TriageVerdict | None:
    """What the triage said and staff say of it, or None when the case was not triaged. The caller has seen the case."""
    row = await db.fetchrow(_FIND, case_id)
    if row is None:
        return None
    fields = dict(row)
    sealed = fields.pop("why_sealed")
    why = sealer.unseal("triage_verdict", sealed, case_id.bytes).decode() if sealed else ""
    return TriageVerdict(why=why, **fields)


def read_said(level: int, verdict: str, right_level: int | None, why: str) -> Said | None:
    """What was filled in as a verdict on the triage's `level`; None when nothing was.

    A level alone says the verdict. Raises Invalid('unknown_verdict'), Invalid('level_contradicts') and
    Invalid('verdict_missing') for words without any verdict.
    """
    if not verdict and right_level is not None:
        verdict = "right" if right_level == level else "too_low" if right_level < level else "too_high"
    if not verdict:
        if why:
            raise Invalid("verdict_missing", "verdict")
        return None
    if verdict not in VERDICTS or (verdict, level) in {("too_low", 1), ("too_high", 5)}:
        raise Invalid("unknown_verdict", "verdict")
    if verdict == "right":
        return Said(verdict, level, why)
    if right_level is not None and (right_level >= level if verdict == "too_low" else right_level <= level):
        raise Invalid("level_contradicts", "right_level")
    return Said(verdict, right_level, why)


async def judge_level(db: Connection, sealer: Sealer, by: By, case_id: UUID, said: Said) -> None:
    """Keep the verdict; it changes nothing of the case. Its giver may change it, and the same once more is nothing new.

    Raises Refused('not_triaged') for a case without a level of the triage, and as read_said and open_case.
    """
    await open_case(db, by, case_id, "judge_level")
    before = await find_triage_verdict(db, sealer, case_id)
    if before is None:
        raise Refused("not_triaged")
    checked = read_said(before.level, said.verdict, said.right_level, said.why)
    if checked is None:
        raise Invalid("unknown_verdict", "verdict")
    if (checked, by.person_id) == (Said(before.verdict, before.right_level, before.why), before.by_id):
        return
    sealed = sealer.seal("triage_verdict", checked.why.encode(), case_id.bytes) if checked.why else None
    await db.execute(
        "update assessments set verdict = $2, right_level = $3, why_sealed = $4, judged_by = $5, judged_at = now()"
        " where case_id = $1",
        case_id, checked.verdict, checked.right_level, sealed, by.person_id,
    )  # fmt: skip
    data = {"verdict": checked.verdict, "triage": before.level, "level": checked.right_level}
    await record(db, case_id, "level_judged", by.kind, by.person_id, data)
