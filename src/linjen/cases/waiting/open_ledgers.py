"""Open ledgers, live: which of a unit's changed rows each of many readers may see, in one statement for all of them.

Asked for each reader in turn, forty ledgers took a second; what the policy says of a row does not depend on how many
read it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_lists
from linjen.access.by import By
from linjen.cases.waiting.ledger import ROW_COLUMNS, ROWS_FROM, VIEWS, LedgerRow, view_sql
from linjen.core import clock
from linjen.core.database import Connection
from linjen.people.workplaces import CARE_ROLES


class OpenLedger(msgspec.Struct, frozen=True):
    """Whose ledger it is, which view of it, and the cases that it has shown so far (they are logged)."""

    by: By
    view: str
    known: Collection[UUID]


_IN_VIEW = "case l.view {} end".format(
    " ".join(f"when '{view}' then {view_sql(view, person='l.person_id', unit='$2')}" for view in VIEWS)
)
# The day is named with its type, since the clause need not look at it.
_REACH = f"($3::date is not null and {policy.clause('see', 'staff', person='l.person_id', unit='$2', today='$3')})"

# $1 and $4: a reader's id and her view, by her place in both; $2 the unit, $3 today, $5 the cases.
_READERS = "unnest($1::uuid[], $4::text[]) with ordinality as l(person_id, view, n)"

_SHOWN = f"""
select l.n, {ROW_COLUMNS} from {ROWS_FROM} cross join {_READERS}
where c.id = any($5) and v.unit_id = $2::uuid and v.state in ('queued', 'in_progress') and {_REACH} and {_IN_VIEW}
"""

_GONE = f"""
select l.n, c.id from visits v join cases c on c.id = v.case_id and c.visit_id = v.id cross join {_READERS}
where c.id = any($5) and (v.state = 'closed' or ({_IN_VIEW}) is not true) and {_REACH}
union select l.n, c.id from cases c join (select case_id, from_unit_id as unit_id from handovers) v on v.case_id = c.id
cross join {_READERS}
where c.id = any($5) and c.unit_id <> v.unit_id and {_REACH}
"""


async def see_rows(
    db: Connection, unit_id: UUID, readers: Sequence[OpenLedger], case_ids: Collection[UUID]
) -> list[list[LedgerRow]]:
    """For each reader at the unit, in order: those of the cases that she may see, that are open and in her view.

    What she has not been shown before is logged, a row for each such reader.
    """
    seen: list[list[LedgerRow]] = [[] for _ in readers]
    for row in await db.fetch(_SHOWN, *_asking(unit_id, readers), list(case_ids)):
        fields = dict(row)
        seen[fields.pop("n") - 1].append(LedgerRow(**fields))
    fresh = [
        (reader.by, new)
        for reader, rows in zip(readers, seen, strict=True)
        if (new := [row.case_id for row in rows if row.case_id not in reader.known])
    ]
    if fresh:
        await log_lists(db, "ledger", fresh)
    return seen


async def find_gone(
    db: Connection, unit_id: UUID, readers: Sequence[OpenLedger], case_ids: Collection[UUID]
) -> list[set[UUID]]:
    """For each reader, in order: those of the cases that may have stood in her view and do not now. They have ended,
    gone to another queue, or were handed over from her unit. Drafts never were there.
    """
    gone: list[set[UUID]] = [set() for _ in readers]
    for row in await db.fetch(_GONE, *_asking(unit_id, readers), list(case_ids)):
        gone[row["n"] - 1].add(row["id"])
    return gone


def _asking(unit_id: UUID, readers: Sequence[OpenLedger]) -> tuple[object, ...]:
    today = clock.local_date(clock.now())
    return [one.by.person_id for one in readers], unit_id, today, [one.view for one in readers]


_WORK = """
select distinct a.staff_id, a.unit_id from unnest($1::uuid[], $2::uuid[]) as l(staff_id, unit_id)
join assignments a on a.staff_id = l.staff_id and a.unit_id = l.unit_id and a.role = any($3)
  and a.from_at <= now() and (a.ended_at is null or a.ended_at > now())
"""


async def find_ledgers(db: Connection, asked: Collection[By]) -> set[tuple[UUID, UUID | None]]:
    """(person, unit) of those who have a ledger open and work with its cases still, as `has_ledger` for many."""
    known = list({(by.person_id, by.unit_id) for by in asked})
    rows = await db.fetch(_WORK, [one[0] for one in known], [one[1] for one in known], sorted(CARE_ROLES))
    return {(row["staff_id"], row["unit_id"]) for row in rows}
