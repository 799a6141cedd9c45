"""Resurser: which units a ticket can go to, and what each of them lets others choose (routine F049, F054, F055)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.swedish import sort_key
from linjen.units.shutting import takes_new


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A unit, or one resource of a unit that has any: `resource` is the role whose queue it is, None for the unit."""

    unit_id: UUID
    unit_name: str
    provider_id: UUID
    provider_name: str
    resource: str | None


async def list_destinations(db: Connection) -> list[Destination]:
    """Every unit of the region that takes new cases, by provider and name; one with resources stands here once for
    each of them.
    """
    rows = await db.fetch(
        "select u.id as unit_id, u.name as unit_name, p.id as provider_id, p.name as provider_name, r.role as resource"
        " from units u join care_providers p on p.id = u.provider_id left join unit_resources r on r.unit_id = u.id"
        f" where {takes_new('u')}"
    )
    found = [Destination(**dict(row)) for row in rows]
    return sorted(
        found, key=lambda one: (sort_key(one.provider_name), sort_key(one.unit_name), one.resource or "")
    )  # fmt: skip


async def find_destination(db: Connection, unit_id: UUID, resource: str | None) -> Destination | None:
    """One of those, None for a unit or a resource that is not there; a unit with resources is none by itself."""
    there = await list_destinations(db)
    return next((one for one in there if (one.unit_id, one.resource) == (unit_id, resource)), None)


async def list_resources(db: Connection, unit_id: UUID) -> list[str]:
    """The roles that can be chosen of a unit on a ticket; none where the unit itself is chosen."""
    return [row["role"] for row in await db.fetch("select role from unit_resources where unit_id = $1", unit_id)]
