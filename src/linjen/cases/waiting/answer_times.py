"""Hur snabbt enheten brukar svara: the recent median from received to first answer, in staffed minutes."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID
from weakref import WeakKeyDictionary

from linjen.cases.waiting.turn import DEADLINES
from linjen.core.database import Connection, Database, Row
from linjen.units.hours import received_at, staffed_minutes
from linjen.units.schedule import Schedule

#: Only what happened lately says something of today.
WINDOW = timedelta(days=28)
#: Fewer answers than this say nothing that can be promised.
FEWEST = 8
_MOST = 200
#: What was worked out is used again for so long, in seconds: every resident's page asks for it.
_FRESH_S = 300

_known: WeakKeyDictionary[Database, dict[tuple[UUID, int], tuple[float, float | None]]] = WeakKeyDictionary()

_ANSWERS = """
select v.queued_at, v.state, (select min(m.sent_at) from messages m
  where m.case_id = v.case_id and m.by_kind = 'staff' and m.sent_at >= v.queued_at) as answered_at
from visits v join cases c on c.id = v.case_id and c.begun_by is null and v.booked_on is null
where v.unit_id = $1 and v.priority = $2 and v.queued_at > $3 and v.queued_at <= $4
  and v.close_reason is distinct from 'withdrawn' order by v.queued_at desc limit $5
"""


async def find_deadline(db: Connection, unit_id: UUID, urgency: int) -> int | None:
    """Within how many minutes the unit means to meet a case of this urgency (1-5); None for an urgency there is not."""
    own = await db.fetchval("select minutes from unit_deadlines where unit_id = $1 and level = $2", unit_id, urgency)
    return int(own) if own is not None else DEADLINES.get(urgency)


async def usual_minutes(
    database: Database, db: Connection, schedule: Schedule, unit_id: UUID, urgency: int, at: datetime
) -> float | None:
    """The unit's median for this urgency (1-5) over the last four weeks, in staffed minutes; None with too few to tell.

    A case that still waits counts with the time it has waited, once that is longer than usual, so that a queue that
    stands still makes the promise longer at once. Withdrawn cases count for nothing. Worked out anew after 5 min.
    """
    remembered = _known.setdefault(database, {})
    expires, minutes = remembered.get((unit_id, urgency), (0.0, None))
    if time.monotonic() < expires:
        return minutes
    rows = await db.fetch(_ANSWERS, unit_id, urgency, at - WINDOW, at, _MOST)
    minutes = usual_of(schedule, rows, at)
    remembered[unit_id, urgency] = (time.monotonic() + _FRESH_S, minutes)
    return minutes


def usual_of(schedule: Schedule, rows: list[Row], at: datetime) -> float | None:
    """The median of rows with queued_at, state and answered_at (None: not answered)."""
    answered = [_waited(schedule, row["queued_at"], row["answered_at"]) for row in rows if row["answered_at"]]
    if len(answered) < FEWEST:
        return None
    usual = median(answered)
    waiting = [
        _waited(schedule, row["queued_at"], at) for row in rows if not row["answered_at"] and row["state"] != "closed"
    ]
    return median([*answered, *(minutes for minutes in waiting if minutes > usual)])


def _waited(schedule: Schedule, queued_at: datetime, until: datetime) -> float:
    begins = received_at(schedule, queued_at)
    return staffed_minutes(schedule, begins, until) if begins and begins < until else 0.0
