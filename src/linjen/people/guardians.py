"""Vårdnadshavare: which children a resident may write for. Only the person-data service says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.ages import ADULT_FROM_YEARS
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.personal_number import age_years
from linjen.people.residents import Resident, resident_json


class Guardian(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian of a child as staff may know her. `name` is '' for one who is not known to be unprotected.

    `confirmed_at` is when the register last said that she has custody, `ended_at` when it no longer did (UTC).
    """

    id: UUID
    name: str
    confirmed_at: datetime
    ended_at: datetime | None


async def list_guardians(db: Connection, child_id: UUID) -> list[Guardian] | None:
    """The guardians whom the register has named at a sign-in, those with custody first; None for a child who is not
    known to be unprotected, of whom nothing is told.
    """
    rows = await db.fetch(
        "select k.protected as child, g.guardian_id as id, g.confirmed_at, g.ended_at,"
        " case when p.protected = 'no' then p.given_name || ' ' || p.surname else '' end as name"
        " from residents k left join guardianships g on g.child_id = k.id left join residents p on p.id = g.guardian_id"
        " where k.id = $1 order by g.ended_at is not null, p.given_name, p.id",
        child_id,
    )  # fmt: skip
    if any(row["child"] != "no" for row in rows):
        return None
    return [
        Guardian(id=row["id"], name=row["name"], confirmed_at=row["confirmed_at"], ended_at=row["ended_at"])
        for row in rows if row["confirmed_at"] is not None
    ]  # fmt: skip


async def is_guardian(db: Connection, guardian_id: UUID, child_id: UUID) -> bool:
    """Whether she has custody now and neither may be protected; the bond stays so until the transaction ends."""
    return bool(
        await db.fetchval(
            "select true from guardianships g join residents k on k.id = g.child_id join residents p"
            " on p.id = g.guardian_id where g.guardian_id = $1 and g.child_id = $2 and g.ended_at is null"
            " and k.protected = 'no' and p.protected = 'no' for share of g",
            guardian_id, child_id,
        )
    )  # fmt: skip


async def set_guardians(db: Connection, child_id: UUID, guardian_ids: Sequence[UUID]) -> None:
    """What the service answered today of a child: as `set_children`, seen from her side."""
    at = clock.now()
    await db.execute(
        "update guardianships set ended_at = $3 where child_id = $1 and ended_at is null and not guardian_id = any($2)",
        child_id, list(guardian_ids), at,
    )  # fmt: skip
    await db.execute(
        "insert into guardianships (guardian_id, child_id, confirmed_at) select guardian, $1, $3 from"
        " unnest($2::uuid[]) as guardian on conflict (guardian_id, child_id) do update"
        " set confirmed_at = $3, ended_at = null",
        child_id, list(guardian_ids), at,
    )  # fmt: skip


async def set_children(db: Connection, guardian_id: UUID, child_ids: Sequence[UUID]) -> None:
    """What the service answered today: new bonds begin, those it no longer knows end at once."""
    at = clock.now()
    await db.execute(
        "update guardianships set ended_at = $3 where guardian_id = $1 and ended_at is null and not child_id = any($2)",
        guardian_id, list(child_ids), at,
    )  # fmt: skip
    if child_ids:
        await db.execute(
            "insert into guardianships (guardian_id, child_id, confirmed_at)"
            " select $1, child, $3 from unnest($2::uuid[]) as child"
            " on conflict (guardian_id, child_id) do update set confirmed_at = $3, ended_at = null",
            guardian_id, list(child_ids), at,
        )  # fmt: skip


async def end_bonds(db: Connection, protected_ids: Sequence[UUID]) -> None:
    """Of who is protected: a bond would tell where she is. It comes back when the register names it after a Nej."""
    await db.execute(
        "update guardianships set ended_at = $2 where (child_id = any($1) or guardian_id = any($1))"
        " and ended_at is null",
        list(protected_ids), clock.now(),
    )  # fmt: skip


def children_json(guardian: str) -> str:
    """SQL: all children of a guardian (an expression for the id) as a JSON array, oldest first; see `under_18`."""
    return (
        f"(select coalesce(jsonb_agg({resident_json('r')} order by r.birth_on, r.given_name), '[]') from guardianships"
        f" g join residents r on r.id = g.child_id where g.guardian_id = {guardian} and g.ended_at is null)"
    )


def under_18(children: Iterable[Resident]) -> list[Resident]:
    """Those whom a guardian may still write for."""
    today = clock.local_date(clock.now())
    return [child for child in children if age_years(child.birth_on, today) < ADULT_FROM_YEARS]


async def list_children(db: Connection, guardian_id: UUID) -> list[Resident]:
    """The resident's children under 18, oldest first."""
    found = await db.fetchval(f"select {children_json('$1::uuid')}", guardian_id)
    return under_18(msgspec.convert(found, list[Resident]))
