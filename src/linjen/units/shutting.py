"""Stängd enhet: whether a unit takes new cases, and that it is not shut under who sends one (routine F092, F093)."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.people.workplaces import CARE_ROLES


class Shutting(msgspec.Struct, frozen=True):
    """From which day (Swedish) a unit takes no new cases from outside, None for never; and whether it is shut."""

    shuts_on: date | None = None
    is_shut: bool = False


_CARE = ", ".join(f"'{role}'" for role in sorted(CARE_ROLES))


def takes_new(unit: str) -> str:
    """SQL: whether a unit (its alias) takes new cases from outside now."""
    today = "(now() at time zone 'Europe/Stockholm')::date"
    return f"({unit}.shut_at is null and coalesce({unit}.shuts_on > {today}, true) and not {awaits(unit)})"


def awaits(unit: str) -> str:
    """SQL: whether a unit (its alias) that was opened here (units/new_unit.py) still lacks hours, or anybody in care:
    what was sent to it would wait for nobody, and no alarm counts the time where nobody is there.
    """
    return f"""({unit}.opened_at is not null and {unit}.shut_at is null and not (
  exists (select 1 from opening_hours o where o.unit_id = {unit}.id)
  and exists (select 1 from assignments a where a.unit_id = {unit}.id and a.from_at <= now()
    and (a.ended_at is null or a.ended_at > now())
    and a.role in ({_CARE}))))"""


#: Whether the unit $2 is shut, or has a day on which it takes no new cases any more: one or none.
STOPS: Final = "select count(*) from units where id = $2 and (shuts_on is not null or shut_at is not null)"


async def find_shutting(db: Connection, unit_id: UUID) -> Shutting:
    """How it stands with the unit."""
    row = await db.fetchrow("select shuts_on, shut_at is not null as is_shut from units where id = $1", unit_id)
    return Shutting(row["shuts_on"], row["is_shut"]) if row else Shutting()


async def write_shutting(db: Connection, unit_id: UUID, new: Shutting, was: Shutting) -> bool:
    """Let it be so, if it still is as it was; False otherwise. The caller has asked the policy and what is left."""
    swap = (
        "update units set shuts_on = $2, shut_at = case when $3 then coalesce(shut_at, now()) end where id = $1"
        " and ((shuts_on is not distinct from $2 and (shut_at is not null) = $3)"
        " or (shuts_on is not distinct from $4 and (shut_at is not null) = $5)) returning id"
    )
    found = await db.fetchval(swap, unit_id, new.shuts_on, new.is_shut, was.shuts_on, was.is_shut)
    return found is not None


async def hold_open(db: Connection, unit_id: UUID | None, *, from_outside: bool = True) -> None:
    """See to it that the unit is not shut before the caller's transaction ends: a new case and the shutting take turns.

    Raises Refused('unit_shut') where it is shut, and for what comes from outside also from the day on which it takes
    no new cases.
    """
    row = await db.fetchrow(
        f"select u.shut_at is null as is_open, {takes_new('u')} as takes from units u where u.id = $1 for share",
        unit_id,
    )
    if row is not None and not (row["takes"] if from_outside else row["is_open"]):
        raise Refused("unit_shut")


async def list_closed_to_new(db: Connection) -> set[UUID]:
    """The units that take no new cases from outside."""
    return {row["id"] for row in await db.fetch(f"select u.id from units u where not {takes_new('u')}")}
