"""Personal: staff members and where they work. Accounts are made by an administrator, by HSA-id alone."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.phone import parse_mobile


class StaffMember(msgspec.Struct, frozen=True):
    """A staff member with an account here."""

    id: UUID
    hsa_id: str
    given_name: str
    surname: str
    title: str


class Workplace(msgspec.Struct, frozen=True):
    """A unit where a staff member has a living assignment, and the roles she has there."""

    unit_id: UUID
    unit_name: str
    provider_name: str
    roles: list[str]


async def find_by_hsa_id(db: Connection, hsa_id: str) -> StaffMember | None:
    """The active account of an HSA-id (in its canonical spelling), or None: an unknown id is refused."""
    row = await db.fetchrow(
        "select id, hsa_id, given_name, surname, title from staff where hsa_id = $1 and active", hsa_id
    )
    return StaffMember(**dict(row)) if row else None


async def list_workplaces(db: Connection, staff_id: UUID) -> list[Workplace]:
    """Where she may work now, by unit name."""
    rows = await db.fetch(
        "select u.id as unit_id, u.name as unit_name, p.name as provider_name,"
        " array_agg(a.role order by a.role) as roles from assignments a join units u on u.id = a.unit_id"
        " join care_providers p on p.id = u.provider_id where a.staff_id = $1 and a.from_at <= now()"
        " and (a.ended_at is null or a.ended_at > now()) group by u.id, u.name, p.name order by u.name",
        staff_id,
    )
    return [Workplace(**dict(row)) for row in rows]


class Notifying(msgspec.Struct, frozen=True):
    """How a staff member is told of new cases: her number (E.164, '' for none) and when: no, staffed or always; and
    when of what colleagues ask of her.
    """

    phone: str
    when: str
    asked: str = "no"


#: When staff may choose to be told: never, while the unit is staffed, or at any hour.
WHEN_TO_NOTIFY = ("no", "staffed", "always")


async def see_notifying(db: Connection, staff_id: UUID) -> Notifying:
    """Her own choice (routine F086)."""
    row = await db.fetchrow(
        "select coalesce(phone, '') as phone, sms_new_cases, sms_requests from staff where id = $1", staff_id
    )
    return Notifying(row["phone"], row["sms_new_cases"], row["sms_requests"]) if row else Notifying("", "no")


async def set_notifying(db: Connection, staff_id: UUID, phone: str, when: str, asked: str = "no") -> None:
    """Keep her choice. Raises Invalid: as parse_mobile with field "phone", unknown_choice with field "when" or "asked".

    An empty number is taken when she wants no SMS; it erases the one that was kept.
    """
    if when not in WHEN_TO_NOTIFY:
        raise Invalid("unknown_choice", "when")
    if asked not in WHEN_TO_NOTIFY:
        raise Invalid("unknown_choice", "asked")
    number = parse_mobile(phone) if phone or (when, asked) != ("no", "no") else None
    await db.execute(
        "update staff set phone = $2, sms_new_cases = $3, sms_requests = $4 where id = $1",
        staff_id, number, when, asked,
    )  # fmt: skip
