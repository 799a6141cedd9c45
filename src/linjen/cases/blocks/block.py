"""Spärra: the patient keeps what one unit has documented from the provider's other units, and lifts it (PDL 4:4).

Only she herself does either: the law lets no guardian block a child's data, and a child under 13 has no cases alone. A
block is of a unit and not of a case, so it counts for what the unit writes afterwards, too; it counts from its commit,
since every reading asks for it in the policy's clause. What it hides and what it does not: docs/decisions/blocks.md.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.ages import OWN_FROM_YEARS
from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound, Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.personal_number import age_years
from linjen.people.residents import see_resident


class UnitOfHers(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with cases of a resident's, its care provider, and since when it is blocked (UTC), None where it is not.

    `latest_id` is her latest case there; `past` holds earlier blocks, from and until, the latest first.
    """

    unit_id: UUID
    unit: str
    provider: str
    cases: int
    latest_id: UUID
    set_at: datetime | None
    past: list[tuple[datetime, datetime]]


# A case is of the unit that has it now, and of those that have handed it on.
_OF_HERS = """
select v.unit_id, c.id, c.sent_at from cases c join visits v on v.id = c.visit_id where c.patient_id = $1
union select h.from_unit_id, c.id, c.sent_at from cases c join handovers h on h.case_id = c.id where c.patient_id = $1
"""

_UNITS = f"""
select u.id as unit_id, u.name as unit, p.name as provider, k.cases, k.latest_id, b.set_at,
  coalesce((select array_agg(array[o.set_at, o.lifted_at] order by o.set_at desc) from access_blocks o
    where o.resident_id = $1 and o.unit_id = u.id and o.lifted_at is not null), '{{}}') as past
from (
  select unit_id, count(*) as cases, (array_agg(id order by sent_at desc, id))[1] as latest_id from ({_OF_HERS}) o
  group by unit_id
) k join units u on u.id = k.unit_id join care_providers p on p.id = u.provider_id
left join access_blocks b on b.resident_id = $1 and b.unit_id = u.id and b.lifted_at is null
order by p.name, u.name
"""


async def list_units_of_hers(db: Connection, by: By) -> list[UnitOfHers]:
    """The units with sent cases of which she is the patient; her own reading of them is one row in the log."""
    rows = await db.fetch(_UNITS, by.person_id)
    await log_access(db, by, "list", None, [row["latest_id"] for row in rows])
    return [
        UnitOfHers(**{**dict(row), "past": [(one[0], one[1]) for one in row["past"]]}) for row in rows
    ]  # fmt: skip


async def may_block(db: Connection, by: By) -> bool:
    """Whether she is of the age from which her cases are her own."""
    born = (await see_resident(db, by.person_id)).birth_on
    return age_years(born, clock.local_date(clock.now())) >= OWN_FROM_YEARS


async def set_block(db: Connection, by: By, unit_id: UUID) -> None:
    """Block what the unit has documented of her; once more changes nothing.

    Raises NotFound for a unit without a case of hers, Refused('too_young') below the age of cases of one's own.
    """
    told_in = await _told_in(db, by, unit_id, "set_block")
    if not await may_block(db, by):
        raise Refused("too_young", verb="set_block")
    done = await db.execute(
        "insert into access_blocks (id, resident_id, unit_id) values ($1, $2, $3)"
        " on conflict (resident_id, unit_id) where lifted_at is null do nothing",
        new_id(), by.person_id, unit_id,
    )  # fmt: skip
    if done.endswith(" 1") and told_in is not None:
        await record(db, told_in, "block_set", by.kind, by.person_id)


async def lift_block(db: Connection, by: By, unit_id: UUID) -> None:
    """Lift it again: from now on the provider's other units read as before. Once more changes nothing.

    What was opened meanwhile ends with it: a block that is set again is another one. Raises NotFound as set_block.
    """
    told_in = await _told_in(db, by, unit_id, "lift_block")
    done = await db.execute(
        "update access_blocks set lifted_at = now() where resident_id = $1 and unit_id = $2 and lifted_at is null",
        by.person_id, unit_id,
    )  # fmt: skip
    if done.endswith(" 1") and told_in is not None:
        await record(db, told_in, "block_lifted", by.kind, by.person_id)


_TOLD_IN = f"""
select exists (select 1 from ({_OF_HERS}) o where unit_id = $2) as hers,
  (select c.id from cases c join visits v on v.id = c.visit_id where c.patient_id = $1 and v.unit_id = $2
   order by c.sent_at desc, c.id limit 1) as told_in
"""


async def _told_in(db: Connection, by: By, unit_id: UUID, verb: str) -> UUID | None:
    """Her latest case of those that the unit still has, where the change is told; one row in the log.

    None where it has handed all of them on: whoever has them now learns neither which unit she blocks nor when.
    """
    row = await db.fetchrow(_TOLD_IN, by.person_id, unit_id)
    if row is None or not row["hers"] or by.is_staff:
        raise NotFound("unit")
    told_in: UUID | None = row["told_in"]
    await log_access(db, by, verb, told_in, () if told_in else [unit_id])
    return told_in


async def is_blocked_here(db: Connection, case_id: UUID) -> bool:
    """Whether the patient has blocked a unit whose this case is, which the caller has seen: it is not passed on to
    another unit before she has been asked.
    """
    return bool(await db.fetchval(
        "select exists (select 1 from cases c join visits v on v.id = c.visit_id join access_blocks b"
        f" on b.resident_id = c.patient_id and b.lifted_at is null and b.unit_id in ({policy.UNITS_OF_CASE})"
        " where c.id = $1)",
        case_id,
    ))  # fmt: skip
