"""Alla besök: a patient's other cases, as far as the one who asks may see them (routine F022)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.states import STATE
from linjen.core import clock
from linjen.core.database import Connection


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One case of a patient. Times are UTC; `close_reason` is None while it is open, `protocol` its triage's stamp."""

    case_id: UUID
    entry: str
    state: str
    reason: str
    protocol: str
    priority: int
    holder_name: str
    sent_at: datetime
    close_reason: str | None


async def list_past(db: Connection, by: By, patient_id: UUID) -> list[Past]:
    """The patient's sent cases within this person's reach, latest first; one row in the access log holds their ids."""
    reach = policy.clause("see", by.kind, person="$2", unit="$3", today="$4")
    rows = await db.fetch(
        f"select c.id as case_id, c.entry, {STATE} as state, c.reason, c.protocol, v.priority,"
        " c.sent_at, v.close_reason, coalesce(s.given_name || ' ' || s.surname, '') as holder_name"
        " from cases c join visits v on v.id = c.visit_id left join staff s on s.id = v.holder_id"
        " where c.patient_id = $1 and $2::uuid is not null"
        f" and ($3::uuid is null or true) and $4::date is not null and {reach} order by c.sent_at desc, c.id limit 200",
        patient_id, by.person_id, by.unit_id, clock.local_date(clock.now()),
    )  # fmt: skip
    found = [Past(**dict(row)) for row in rows]
    await log_access(db, by, "list", None, [past.case_id for past in found])
    return found
