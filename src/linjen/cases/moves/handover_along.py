"""Det som följer med: what else changes hands when a case is handed over to another unit."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.access.policy import ATTESTATION_WAITS
from linjen.core.database import Connection


class Waiting(msgspec.Struct, frozen=True):
    """An open attestation of the case, and whom it is asked of; `staff_id` is None for a whole role."""

    role: str
    staff_id: UUID | None
    name: str


class Along(msgspec.Struct, frozen=True):
    """What goes along with a case: its open attestations, and how many tickets its unit has to watch."""

    attestations: list[Waiting]
    tickets: int


_ATTESTATIONS = f"""
select t.to_role as role, t.to_staff_id as staff_id, coalesce(s.given_name || ' ' || s.surname, '') as name
from attestations t left join staff s on s.id = t.to_staff_id
where t.case_id = $1 and {ATTESTATION_WAITS} order by t.seq
"""

#: Those on their way, and those that came back and wait for their sender: what ticket_desk.py lists for its unit.
_TICKETS = """
select count(*) from tickets
where case_id = $1 and (state = 'issued' or (state in ('returned', 'expired') and settled_at is null))
"""


async def find_along(db: Connection, case_id: UUID) -> Along:
    """Only for staff who have seen the case by see_case."""
    waiting = [Waiting(**dict(row)) for row in await db.fetch(_ATTESTATIONS, case_id)]
    return Along(waiting, int(await db.fetchval(_TICKETS, case_id)))
