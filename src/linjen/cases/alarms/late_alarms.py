"""Sena larm: words that were heard when their case was closed already, so that somebody still sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection


class LateAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A closed case in which something was heard that nobody has judged. `level` is the most urgent, None for none."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    level: int | None
    closed_at: datetime


_LATE = f"""
from alarms a join cases c on c.id = a.case_id join visits v on v.id = c.visit_id
where a.unit_id = $2 and a.late and a.verdict is null and v.state = 'closed' and {policy.asked()}
"""

#: How many alarms wait there for somebody to judge them.
WAITING: Final = f"select count(*) {_LATE}"


async def list_late_alarms(db: Connection, by: By) -> list[LateAlarm]:
    """Those of this person's unit and within her reach, the most urgent first; logged as shown in the ledger."""
    rows = await db.fetch(
        "select c.id as case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on,"
        f" min(a.level) as level, v.closed_at {_LATE} group by c.id, v.id order by level, v.closed_at, c.id limit 50",
        *by.asking(),
    )
    found = [LateAlarm(**dict(row)) for row in rows]
    if found:
        await log_access(db, by, "ledger", None, [one.case_id for one in found])
    return found


async def find_late(db: Connection, case_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these cases, which the caller has seen to be within reach, that stand among the late alarms."""
    rows = await db.fetch(
        "select distinct a.case_id from alarms a join cases c on c.id = a.case_id join visits v on v.id = c.visit_id"
        " where a.case_id = any($1::uuid[]) and a.late and a.verdict is null and v.state = 'closed'",
        list(case_ids),
    )
    return {row["case_id"] for row in rows}
