"""Biljetter som går ut: a ticket whose last day has passed is over, and its sender is told, a few at a time."""

from __future__ import annotations

from datetime import datetime

from linjen.core import clock
from linjen.core.database import Database
from linjen.core.events import record

#: So many in one transaction: no write may last long, since readers of events wait for the oldest one.
BATCH = 100

_EXPIRED = """
update tickets set state = 'expired', changed_at = now() where id in (
  select id from tickets where state = 'issued' and last_on < $1 order by last_on, id limit $2 for update skip locked
) returning id, case_id, to_unit_id
"""


async def expire_tickets(database: Database, at: datetime) -> int:
    """End every issued ticket whose last day was before the day of `at` (UTC); how many.

    What somebody is using at this very moment is locked and left for the next time. A ticket that has run out stands as
    work at the unit that has its case until somebody there says that it is dealt with.
    """
    ended = 0
    while True:
        async with database.transaction() as db:
            rows = await db.fetch(_EXPIRED, clock.local_date(at), BATCH)
            for row in sorted(rows, key=lambda row: row["case_id"]):
                data = {"ticket": str(row["id"]), "unit": str(row["to_unit_id"])}
                await record(db, row["case_id"], "ticket_expired", "system", None, data)
        ended += len(rows)
        if len(rows) < BATCH:
            return ended
