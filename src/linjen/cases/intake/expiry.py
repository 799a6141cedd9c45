"""Rensa utkast: drafts that nobody has gone on with are emptied, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from linjen.access.by import By
from linjen.cases.intake.assessments import CAME_BACK, count_left, left_of
from linjen.cases.intake.start import KEPT_DAYS
from linjen.core import clock
from linjen.core.database import Connection, Database
from linjen.core.events import record
from linjen.core.sealing import Sealer

#: So many drafts in one transaction: no write may last long, since readers of events wait for the oldest one.
BATCH = 100

_EXPIRED = f"""
select c.id, c.entry, c.unit_id, c.phase, i.step, i.state_sealed, i.result_sealed, i.expires_at,
  {CAME_BACK} as came_back
from intakes i join cases c on c.id = i.case_id
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


#: So long she is told that a draft of hers was emptied: nothing but when it was begun is left to tell.
_TOLD_DAYS = 30


async def list_expired(db: Connection, by: By, at: datetime) -> Sequence[date]:
    """The days on which a resident began what time has emptied lately, the latest first; no content is left of it."""
    rows = await db.fetch(
        "select c.created_at from cases c join events e on e.case_id = c.id and e.kind = 'expired'"
        " where c.opened_by = $1 and c.phase = 'abandoned' and e.at > $2 order by e.at desc limit 3",
        by.person_id, at - timedelta(days=_TOLD_DAYS),
    )  # fmt: skip
    return [clock.local_date(row["created_at"]) for row in rows]


async def expire_drafts(database: Database, sealer: Sealer, at: datetime) -> int:
    """Empty every draft whose time ran out before `at` (UTC); how many. A sent case's intake is not a draft.

    What somebody is writing in at this very moment is locked and left for the next time. Where people leave is counted.
    """
    emptied = 0
    while True:
        async with database.transaction() as db:
            drafts = await db.fetch(_EXPIRED, at, BATCH)
            left_at = {row["id"]: row["expires_at"] - timedelta(days=KEPT_DAYS) for row in drafts}
            await count_left(
                db, [left_of(sealer, row, left_at[row["id"]]) for row in drafts if row["entry"] == "symptom"]
            )
            if left_at:
                for statement in EMPTY:
                    await db.execute(statement, list(left_at))
            for case_id in left_at:
                await record(db, case_id, "expired", "system", None)
        emptied += len(drafts)
        if len(drafts) < BATCH:
            return emptied
