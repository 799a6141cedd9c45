"""Kollegor: who may receive a case, by unit and role. Only those who work with cases there now."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.people.workplaces import CARE_ROLES


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """One living assignment with a role in care."""

    unit_id: UUID
    unit_name: str
    role: str
    staff_id: UUID
    name: str


async def list_colleagues(db: Connection, unit_id: UUID) -> list[Colleague]:
    """Everybody who works with cases at the units of the care provider that owns `unit_id`: its own unit first, then by
    unit, role and name.
    """
    rows = await db.fetch(
        "select u.id as unit_id, u.name as unit_name, a.role, s.id as staff_id,"
        " s.given_name || ' ' || s.surname as name from units here join units u on u.provider_id = here.provider_id"
        " join assignments a on a.unit_id = u.id join staff s on s.id = a.staff_id"
        " where here.id = $1 and s.active and a.role = any($2) and a.from_at <= now()"
        " and (a.ended_at is null or a.ended_at > now()) order by u.id <> here.id, u.name, a.role, name",
        unit_id, sorted(CARE_ROLES),
    )  # fmt: skip
    return [Colleague(**dict(row)) for row in rows]


async def find_provider(db: Connection, unit_id: UUID) -> UUID | None:
    """The care provider that owns a unit, None for a unit that does not exist."""
    found: UUID | None = await db.fetchval("select provider_id from units where id = $1", unit_id)
    return found
