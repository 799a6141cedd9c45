"""Mina ärenden: what stands around a case on a resident's pages: names, unit, holder, how long a draft is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.core.database import Connection


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """The people and places around a case, by name; '' and None where there is none yet.

    `writer_name` is '' for a guardian who is protected: nobody else is told it.
    """

    case_id: UUID
    patient_name: str = ""
    writer_name: str = ""
    unit_name: str = ""
    #: Where it was first sent or begun: another unit, where it has been handed over since.
    first_unit_name: str = ""
    unit_phone: str = ""
    holder_name: str = ""
    holder_title: str = ""
    kept_until: datetime | None = None


async def look_around(db: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Around]:
    """What stands around each of these cases, which the caller has loaded by see_case or list_my_cases."""
    rows = await db.fetch(
        "select c.id as case_id, coalesce(p.given_name || ' ' || p.surname, '') as patient_name,"
        " case when o.protected = 'yes' and o.id is distinct from c.patient_id then ''"
        " else o.given_name || ' ' || o.surname end as writer_name, coalesce(u.name, '') as unit_name,"
        " coalesce((select f.name from handovers h join units f on f.id = h.from_unit_id where h.case_id = c.id"
        " order by h.seq limit 1), u.name, '') as first_unit_name,"
        " coalesce(u.phone, '') as unit_phone, coalesce(s.given_name || ' ' || s.surname, '') as holder_name,"
        " coalesce(s.title, '') as holder_title, case when c.phase <> 'sent' then i.expires_at end as kept_until"
        " from cases c join residents o on o.id = c.opened_by left join residents p on p.id = c.patient_id"
        " left join visits v on v.id = c.visit_id left join units u on u.id = coalesce(v.unit_id, c.unit_id)"
        " left join staff s on s.id = coalesce(v.holder_id, case when v.booked_on is not null then v.for_staff_id end)"
        " left join intakes i on i.case_id = c.id where c.id = any($1)",
        list(case_ids),
    )
    return {row["case_id"]: Around(**dict(row)) for row in rows}


async def count_ahead(db: Connection, case_id: UUID) -> int:
    """How many cases wait in the same queue and are read before this one: the more urgent, then the longer waiting.

    What waits for another role of the unit, or for one person, is read by others.
    """
    return int(
        await db.fetchval(
            "select count(*) from visits mine join cases c on c.visit_id = mine.id and c.id = $1"
            " join visits v on v.unit_id = mine.unit_id and v.state = 'queued' and mine.state = 'queued'"
            " and v.for_role = mine.for_role and v.for_staff_id is not distinct from mine.for_staff_id"
            " and v.queued_at <= now() and (v.priority, v.queued_at, v.id) < (mine.priority, mine.queued_at, mine.id)",
            case_id,
        )
    )
