"""Belastningslarm via sms: the heads of a unit are told once of each alarm, and the ledger says when they knew."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.core.database import Connection, Database
from linjen.notices.outbox import Wish, put


class Told(msgspec.Struct, frozen=True):
    """A load alarm that stands: since when (UTC), and when a head of the unit knew of it, None for not yet."""

    unit_id: UUID
    begun_at: datetime
    told_at: datetime | None


#: Who is not told yet. What has stood for an hour is no news: SMS were off, or the number came later.
_UNTOLD = """
select distinct a.id as alarm_id, s.id as staff_id from load_alarms a
join assignments m on m.unit_id = a.unit_id and m.role = 'unit_manager' and m.from_at <= now()
  and (m.ended_at is null or m.ended_at > now())
join staff s on s.id = m.staff_id and s.active and s.phone is not null
where a.ended_at is null and a.begun_at > $1::timestamptz - interval '1 hour'
  and not exists (select from sms o where o.load_alarm_id = a.id and o.to_id = s.id)
"""

#: She knew when an operator had taken the SMS, or when she looked at the unit's load herself.
_TOLD = """
select a.unit_id, a.begun_at, least(
  (select min(o.changed_at) from sms o where o.load_alarm_id = a.id and o.state in ('accepted', 'delivered')),
  (select min(x.seen_at) from load_alarms_seen x where x.alarm_id = a.id)) as told_at
from load_alarms a where a.ended_at is null and (a.unit_id = $1 or $1::uuid is null)
"""

#: How many load alarms stand at the unit $2.
WAITING: Final = "select count(*) from load_alarms a where a.unit_id = $2 and a.ended_at is null"


async def tell_load(database: Database, at: datetime) -> int:
    """Write a wish for each head of a unit whose alarm stands and who has none yet; how many."""
    async with database.transaction() as db:
        rows = await db.fetch(_UNTOLD, at)
        if not rows:
            return 0
        return await put(db, [
            Wish(
                kind="manager_load", cause=f"load/{row['alarm_id']}/{row['staff_id']}", case_id=None,
                load_alarm_id=row["alarm_id"], to_id=row["staff_id"], next_at=at,
            ) for row in rows
        ])  # fmt: skip


async def find_told(db: Connection, unit_id: UUID | None) -> list[Told]:
    """The alarms that stand, of one unit or of all."""
    return [Told(**dict(row)) for row in await db.fetch(_TOLD, unit_id)]
