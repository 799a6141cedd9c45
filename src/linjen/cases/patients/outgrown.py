"""Har fyllt 13: whether a case out of a resident's reach is one that she wrote for her child, who has it alone now."""

from __future__ import annotations

from uuid import UUID

from linjen.access.ages import OWN_FROM_YEARS
from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Database

# Only while the register names her: whose custody has ended, or who may not know where a protected child is, is told
# nothing but that there is no such page.
_OUTGROWN = f"""
select true from cases c join guardianships g on g.guardian_id = c.opened_by and g.child_id = c.patient_id
where c.id = $1 and c.opened_by = $2 and c.patient_id <> $2 and g.ended_at is null
  and c.patient_birth_on <= ($3::date - interval '{OWN_FROM_YEARS} years')
"""


async def is_outgrown(database: Database, by: By, case_id: UUID) -> bool:
    """Whether she wrote this case as the guardian that she still is, and the child's birthday has taken it from her."""
    if by.is_staff:
        return False
    return bool(await database.fetch_value(_OUTGROWN, case_id, by.person_id, clock.local_date(clock.now())))
