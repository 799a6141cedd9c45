"""Rensa utkast: drafts that nobody has gone on with are emptied, a few at a time."""

from __future__ import annotations

from datetime import datetime

from linjen.core.database import Database
from linjen.core.events import record

#: So many drafts in one transaction: no write may last long, since readers of events wait for the oldest one.
BATCH = 100

_EXPIRED = """
select i.case_id from intakes i join cases c on c.id = i.case_id
where i.expires_at <= $1 and c.phase in ('intake', 'emergency_advised', 'self_care_offered')
order by i.expires_at limit $2 for no key update of c skip locked
"""

#: What she wrote, showed and chose goes; that there was a draft, and when, stays with its events.
EMPTY = (
    "delete from intakes where case_id = any($1)",
    "delete from pictures where case_id = any($1)",
    "delete from consents where case_id = any($1)",
    "update cases set phase = 'abandoned', reason = '', urgency = null, protocol = '', pictures = 0,"
    " changed_at = now() where id = any($1)",
)


async def expire_drafts(database: Database, at: datetime) -> int:
    """Empty every draft whose time ran out before `at` (UTC); how many. A sent case's intake is not a draft.

    What somebody is writing in at this very moment is locked and left for the next time.
    """
    emptied = 0
    while True:
        async with database.transaction() as db:
            cases = [row["case_id"] for row in await db.fetch(_EXPIRED, at, BATCH)]
            if cases:
                for statement in EMPTY:
                    await db.execute(statement, cases)
            for case_id in cases:
                await record(db, case_id, "expired", "system", None)
        emptied += len(cases)
        if len(cases) < BATCH:
            return emptied
