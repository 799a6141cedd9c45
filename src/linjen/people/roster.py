"""Användare: who has which role at the units that somebody administers, since when and until when (F026, F029)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.swedish import sort_key


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """One assignment: a person's role at a unit, [from_at, ended_at) in UTC; without an end it goes on.

    `active` is whether the account may sign in at all.
    """

    staff_id: UUID
    hsa_id: str
    given_name: str
    surname: str
    title: str
    active: bool
    unit_id: UUID
    unit_name: str
    role: str
    from_at: datetime
    ended_at: datetime | None

    def has_ended(self, at: datetime) -> bool:
        """Whether it opens nothing any more at `at`; one that is yet to begin has not ended."""
        return not self.active or (self.ended_at is not None and self.ended_at <= at)


_ASSIGNED = f"""
select s.id as staff_id, s.hsa_id, s.given_name, s.surname, s.title, s.active, u.id as unit_id, u.name as unit_name,
  g.role, g.from_at, g.ended_at
from assignments g join staff s on s.id = g.staff_id join units u on u.id = g.unit_id
where {policy.unit_clause("see_staff", person="$1")}
"""


async def list_assigned(db: Connection, by: By) -> list[Assigned]:
    """Every assignment, ended ones too, at the units whose users this person administers, by surname.

    Users are never deleted, so an ended assignment stays to be seen. One row in the access log holds the people shown.
    Raises NotFound for who administers no users.
    """
    found = [Assigned(**dict(row)) for row in await db.fetch(_ASSIGNED, by.person_id)]
    if not found:  # her own assignment is always among them
        raise NotFound("page")
    await log_access(db, by, "see_staff", shown=sorted({one.staff_id for one in found}))
    return sorted(found, key=lambda one: (sort_key(f"{one.surname} {one.given_name}"), one.unit_name, one.role))
