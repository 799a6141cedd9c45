"""Att dokumentera: the closed cases whose note is not in the record system yet (routine F042, F064)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection


class Undocumented(msgspec.Struct, frozen=True, kw_only=True):
    """A closed case that waits for its note. Times are UTC; `is_mine` when the reader closed it."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    name: str
    protected: str
    close_reason: str
    closed_at: datetime
    closed_by: str
    is_mine: bool
    is_begun: bool


_OPEN = f"""
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id join residents p on p.id = c.patient_id
join staff s on s.id = v.closed_by
where v.unit_id = $2 and v.state = 'closed' and v.documented_at is null
  and {policy.asked("document")}
"""

#: How many cases that she closed herself wait for their note.
WAITING: Final = f"select count(*) {_OPEN} and v.closed_by = $1"


async def list_undocumented(db: Connection, by: By) -> list[Undocumented]:
    """Hers first, then her colleagues', the longest closed first, at most 200; logged as one row."""
    rows = await db.fetch(
        "select c.id as case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on,"
        " p.given_name || ' ' || p.surname as name, p.protected, v.close_reason, v.closed_at,"
        " v.closed_by = $1 as is_mine,"
        " s.given_name || ' ' || s.surname as closed_by,"
        " exists (select from record_drafts d where d.case_id = c.id) as is_begun"
        f" {_OPEN} order by is_mine desc, v.closed_at, c.id limit 200",
        *by.asking(),
    )
    await log_access(db, by, "to_document", None, [row["case_id"] for row in rows])
    return [Undocumented(**dict(row)) for row in rows]
