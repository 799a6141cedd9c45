"""Larm för den som leder: what stands at the units of each administrator, as one value that changes when it does.

For waking open pages only. It holds nothing of any case and shows nothing, so nothing is logged; what a page shows is
read, by policy and logged, when the page asks for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from linjen.access import policy
from linjen.cases.waiting.unmet import STANDING_SQL
from linjen.core.database import Connection

_SEES_LOAD = policy.unit_clause("see_load", person="p.id")
_SEES_ALARMS = policy.unit_clause("see_alarms", person="p.id")

#: A row for each person and unit within her reach, with what stands there: one round trip for all open pages.
_STANDING = f"""
select p.id, string_agg(concat_ws('/', u.id, load.begun_at, unmet.cases, unmet.since_at), ' ' order by u.id) as what
from unnest($1::uuid[]) as p(id) join staff s on s.id = p.id and s.active
join units u on ({_SEES_LOAD} or {_SEES_ALARMS})
left join load_alarms load on load.unit_id = u.id and load.ended_at is null and {_SEES_LOAD}
left join lateral (
  select count(*) as cases, min(x.since_at) as since_at
  from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
  cross join lateral (select max(since_at) as since_at from unmet where visit_id = v.id and ended_at is null) x
  where v.unit_id = u.id and v.priority = 1 and v.state in ('queued', 'in_progress') and {STANDING_SQL} = 2
) unmet on unmet.cases > 0 and {_SEES_ALARMS}
group by p.id
"""


_LEADING = f"""
select p.id from unnest($1::uuid[]) as p(id)
where exists (select 1 from units u where {_SEES_LOAD} or {_SEES_ALARMS})
"""


async def find_leading(db: Connection, staff_ids: Collection[UUID]) -> set[UUID]:
    """Those who lead or set up some unit still."""
    return {row["id"] for row in await db.fetch(_LEADING, list(staff_ids))}


async def read_standing(db: Connection, staff_ids: Collection[UUID]) -> dict[UUID, str]:
    """Each person's value; who leads and sets up no unit (any more) is absent."""
    rows = await db.fetch(_STANDING, list(staff_ids))
    return {row["id"]: hashlib.sha256(row["what"].encode()).hexdigest()[:16] for row in rows}
