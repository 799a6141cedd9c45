"""Enheter som någon administrerar: each with its provider, hours and closures, for its own administrators only."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.swedish import sort_key
from linjen.units.opening import list_schedules, see_schedule
from linjen.units.schedule import Schedule
from linjen.units.shutting import awaits


class StoredClosure(msgspec.Struct, frozen=True):
    """A closure, or hours on a holiday, as it stands in the table: [from_at, until_at) in UTC."""

    from_at: datetime
    until_at: datetime
    kind: str
    reason: str


class ManagedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as its administrator sees it. `closures` are those that have not ended, the first to begin first."""

    id: UUID
    hsa_id: str
    name: str
    kind: str
    phone: str
    takes_residents: bool
    shuts_on: date | None
    is_shut: bool
    awaits: bool
    provider_name: str
    schedule: Schedule
    closures: list[StoredClosure] = []


_SELECT = f"""
select u.id, u.hsa_id, u.name, u.kind, u.phone, u.takes_residents, u.shuts_on, u.shut_at is not null as is_shut,
  {awaits("u")} as awaits, p.name as provider_name
from units u join care_providers p on p.id = u.provider_id where """
_UNITS = _SELECT + policy.unit_clause("see_unit", person="$1")


async def may_at(db: Connection, by: By, unit_id: UUID, verb: str) -> bool:
    """Whether this person may do a verb of policy.UNIT_VERBS at the unit; nothing is shown, so nothing is logged."""
    may = policy.unit_clause(verb, person="$1", unit="$3::uuid")
    found = f"select exists (select 1 from units u where u.id = $2 and ($3::uuid is null or true) and {may})"
    return bool(by.is_staff and await db.fetchval(found, by.person_id, unit_id, by.unit_id))


async def begin_deciding(db: Connection, by: By, unit_id: UUID, verb: str) -> None:
    """How a setting of a unit begins: by who may (else NotFound), logged, in turn with who else decides something."""
    if not await may_at(db, by, unit_id, verb):
        raise NotFound("unit")
    await log_access(db, by, verb, shown=[unit_id])
    await take_turns(db, unit_id)


async def take_turns(db: Connection, unit_id: UUID) -> None:
    """Two who decide something of a unit take turns until the caller's transaction ends; who sends a case there waits,
    too (units/shutting.py).
    """
    await db.execute("select 1 from units where id = $1 for no key update", unit_id)


_CLOSURES = """
select from_at, until_at, kind, reason from closures where unit_id = $1 and until_at > $2 order by from_at, until_at
"""


async def list_managed_units(db: Connection, by: By, verb: str = "see_unit") -> list[ManagedUnit]:
    """The units that this person administers, by name, without their closures' rows; one row in the access log.

    With another verb of policy.UNIT_VERBS, only those at which she may do it. Raises NotFound when there is none.
    """
    rows = await db.fetch(_SELECT + policy.unit_clause(verb, person="$1"), by.person_id)
    if not rows:
        raise NotFound("page")
    await log_access(db, by, "see_unit", shown=[row["id"] for row in rows])
    schedules = await list_schedules(db, [row["id"] for row in rows])
    units = [ManagedUnit(**dict(row), schedule=schedules[row["id"]]) for row in rows]
    return sorted(units, key=lambda unit: sort_key(unit.name))


async def see_managed_unit(db: Connection, by: By, unit_id: UUID, at: datetime) -> ManagedUnit:
    """One unit with the closures that have not ended at `at`; NotFound for who does not administer it. Logged."""
    row = await db.fetchrow(f"{_UNITS} and u.id = $2", by.person_id, unit_id)
    if row is None:
        raise NotFound("unit")
    await log_access(db, by, "see_unit", shown=[unit_id])
    closures = [StoredClosure(**dict(one)) for one in await db.fetch(_CLOSURES, unit_id, at)]
    return ManagedUnit(**dict(row), schedule=await see_schedule(db, unit_id), closures=closures)
