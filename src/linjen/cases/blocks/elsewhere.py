"""Vid andra enheter: a patient's cases at other units of the same care provider, for who cares for her now.

Of what is blocked it is told that it exists, and neither how much, where nor since when (PDL 4:4).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.states import STATE
from linjen.core.database import Connection


class There(msgspec.Struct, frozen=True, kw_only=True):
    """One case at another unit, told so that one can choose it and no more. `sent_at` is UTC."""

    case_id: UUID
    unit: str
    state: str
    sent_at: datetime


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """What may be read at other units, the latest first, and whether there is something blocked.

    `open_until` is when her own opening of blocks ends (UTC), None where she has none.
    """

    there: list[There]
    blocked: bool
    open_until: datetime | None


_CASES = "from cases c join visits v on v.id = c.visit_id join units u on u.id = v.unit_id where c.patient_id = $4"


async def list_elsewhere(db: Connection, by: By, patient_id: UUID) -> Elsewhere:
    """As far as `by` may see it now, of a patient whose case she has seen; the log has the ids in one row."""
    asked = by.asking()
    rows = await db.fetch(
        f"select c.id as case_id, u.name as unit, {STATE} as state, c.sent_at {_CASES}"
        f" and {policy.asked('see_elsewhere')} order by c.sent_at desc, c.id limit 200",
        *asked, patient_id,
    )  # fmt: skip
    found = [There(**dict(row)) for row in rows]
    blocked = f"select {knows_of_blocked(person='$1', unit='$2', patient='$3')}"
    if found:
        await log_access(db, by, "list_elsewhere", None, [one.case_id for one in found])
    return Elsewhere(
        there=found, blocked=bool(await db.fetchval(blocked, by.person_id, by.unit_id, patient_id)),
        open_until=await find_open_until(db, by, patient_id),
    )  # fmt: skip


_OPEN_UNTIL = """
select max(o.until_at) from block_openings o join access_blocks b on b.id = o.block_id and b.lifted_at is null
where o.staff_id = $1 and o.unit_id = $2 and b.resident_id = $3 and o.until_at > now()
"""


async def find_open_until(db: Connection, by: By, patient_id: UUID) -> datetime | None:
    """When her own opening of this patient's blocks ends (UTC), None where she has none."""
    found: datetime | None = await db.fetchval(_OPEN_UNTIL, by.person_id, by.unit_id, patient_id)
    return found


async def has_more_elsewhere(db: Connection, by: By, patient_id: UUID) -> bool:
    """Whether a patient whom `by` has opened has cases elsewhere that list_elsewhere would tell once one is open here.

    Not where, how many nor whether they go on; so nothing is logged.
    """
    might = policy.might_read_elsewhere(person="$1", unit="$2")
    of_hers = "select 1 from cases c join visits v on v.id = c.visit_id where c.patient_id = $3"
    sql = f"select exists ({of_hers} and {might})"
    return bool(await db.fetchval(sql, by.person_id, by.unit_id, patient_id))


def knows_of_blocked(*, person: str, unit: str, patient: str) -> str:
    """SQL: whether something of a patient is blocked for somebody. Nothing is shown by it, so nothing is logged."""
    return (
        f"exists (select 1 from cases c join visits v on v.id = c.visit_id where c.patient_id = {patient}"
        f" and {policy.knows_of_blocked(person=person, unit=unit)})"
    )
