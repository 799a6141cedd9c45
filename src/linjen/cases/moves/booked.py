"""Bokade besök: the visits that are booked for a day, a person's own or all of the unit's (G26)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection, Database
from linjen.core.events import record


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """One booked visit that is still to be ended. `starts_at` (UTC) is None for one with its time free."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    name: str
    birth_on: date
    protected: str
    state: str
    starts_at: datetime | None
    holder_id: UUID | None
    with_name: str


_FROM = f"""
from visits v join cases c on c.id = v.case_id and c.visit_id = v.id join residents r on r.id = c.patient_id
left join staff s on s.id = coalesce(v.holder_id, v.for_staff_id)
where v.unit_id = $2 and v.booked_on = $4 and v.kind <> 'async' and v.state <> 'closed'
  and ($5 or v.holder_id = $1 or v.for_staff_id = $1)
  and {policy.asked()}
"""

#: How many of her own visits of today have not begun.
WAITING: Final = f"""
select count(*) from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
where v.unit_id = $2 and v.booked_on = $3 and v.kind <> 'async' and v.state = 'queued'
  and (v.holder_id = $1 or v.for_staff_id = $1) and {policy.asked()}
"""

#: So many in one transaction, as in every sweep.
BATCH = 100

_DUE = """
update visits set due_told_at = $1 where id in (
  select v.id from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
  where v.booked_on is not null and v.state = 'queued' and v.queued_at <= $1 and v.due_told_at is null
  order by c.id limit $2 for no key update of c skip locked)
returning case_id
"""


async def tell_due(database: Database, at: datetime) -> int:
    """Booked visits whose time has come at `at` (UTC) are told of once, so that open ledgers show them; how many."""
    if not await database.fetch_value(
        "select exists (select from visits where booked_on is not null and state = 'queued' and queued_at <= $1"
        " and due_told_at is null)",
        at,
    ):
        return 0
    async with database.transaction() as db:
        due = await db.fetch(_DUE, at, BATCH)
        for row in due:
            await record(db, row["case_id"], "visit_due", "system", None)
    return len(due)


async def list_booked(db: Connection, by: By, on: date, *, whole_unit: bool) -> list[Booked]:
    """The visits of a Swedish day, those with a time first; one row in the access log holds the ids."""
    rows = await db.fetch(
        "select c.id as case_id, c.entry, c.reason, c.protocol, r.given_name || ' ' || r.surname as name,"
        " c.patient_birth_on as birth_on, r.protected, v.state, v.starts_at, v.holder_id,"
        f" coalesce(s.given_name || ' ' || s.surname, '') as with_name {_FROM}"
        " order by v.starts_at nulls last, r.surname, c.id limit 500",
        *by.asking(), on, whole_unit,
    )  # fmt: skip
    found = [Booked(**dict(row)) for row in rows]
    await log_access(db, by, "ledger", None, [one.case_id for one in found])
    return found
