"""Hur snabbt enheten brukar svara: how long eight in ten have waited lately for a first answer, in staffed time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from linjen.core import clock
from linjen.core.database import Connection, Database, Row
from linjen.core.remembered import Remembered
from linjen.units.hours import received_at, staffed_minutes
from linjen.units.schedule import Schedule

#: Only what happened lately says something of today.
WINDOW = timedelta(days=28)
#: Fewer answers than this say nothing that can be promised.
FEWEST = 8
#: Of a hundred who are told a time, so many are to have their answer before it: the median would fail every other one.
SHARE = 80
_MOST = 400
#: What was worked out is used again for so long, in seconds: every resident's page asks for it.
_FRESH_S = 300


class Usual(msgspec.Struct, frozen=True):
    """`SHARE` in a hundred were answered within `minutes` of staffed time; `count` answers tell it."""

    minutes: float
    count: int


_Key = tuple[UUID, int, int]
_known: Remembered[_Key, Usual | None] = Remembered(_FRESH_S)

_ANSWERS = """
select v.queued_at, v.state, (select min(m.sent_at) from messages m
  where m.case_id = v.case_id and m.by_kind = 'staff' and m.sent_at >= v.queued_at) as answered_at
from visits v join cases c on c.id = v.case_id and c.begun_by is null and v.booked_on is null
where v.unit_id = $1 and v.priority = $2 and v.queued_at > $3 and v.queued_at <= $4
  and v.close_reason is distinct from 'withdrawn' order by v.queued_at desc limit $5
"""


async def find_usual(
    database: Database, db: Connection, schedule: Schedule, unit_id: UUID, urgency: int, at: datetime
) -> Usual | None:
    """What answers to cases of this urgency (1-5) have taken at the unit in the four weeks before `at`.

    Those that came on the same weekday tell it where they are enough, else those of all days; None with too few. A case
    that still waits counts with the time it has waited, once that is longer than usual, so that a queue that stands
    still makes the promise longer at once. Withdrawn cases count for nothing. Worked out anew after 5 min.
    """
    weekday = _weekday(schedule, at)

    async def work_out() -> Usual | None:
        rows = await db.fetch(_ANSWERS, unit_id, urgency, at - WINDOW, at, _MOST)
        same_day = [row for row in rows if _weekday(schedule, row["queued_at"]) == weekday]
        return usual_of(schedule, same_day, at) or usual_of(schedule, rows, at)

    return await _known.get(database, (unit_id, urgency, weekday), work_out)


def usual_of(schedule: Schedule, rows: Sequence[Row], at: datetime) -> Usual | None:
    """Of rows with queued_at, state and answered_at (None: not answered). None with fewer than FEWEST answers."""
    answered = [_waited(schedule, row["queued_at"], row["answered_at"]) for row in rows if row["answered_at"]]
    if len(answered) < FEWEST:
        return None
    usual = within(answered)
    waiting = [
        _waited(schedule, row["queued_at"], at) for row in rows if not row["answered_at"] and row["state"] != "closed"
    ]
    return Usual(within([*answered, *(minutes for minutes in waiting if minutes > usual)]), len(answered))


def within(minutes: Sequence[float]) -> float:
    """The time that the next one stays within in SHARE cases of a hundred, whatever the times' distribution.

    Of n + 1 times in any order the next is among the k shortest with the probability k / (n + 1); the share of the past
    ones alone would promise too much when they are few.
    """
    rank = math.ceil(SHARE / 100 * (len(minutes) + 1))
    return sorted(minutes)[min(rank, len(minutes)) - 1]


def _weekday(schedule: Schedule, at: datetime) -> int:
    """The weekday on which a case that is sent at `at` begins to be read; 0 is Monday."""
    return clock.local_date(received_at(schedule, at) or at).weekday()


def _waited(schedule: Schedule, queued_at: datetime, until: datetime) -> float:
    begins = received_at(schedule, queued_at)
    return staffed_minutes(schedule, begins, until) if begins and begins < until else 0.0
