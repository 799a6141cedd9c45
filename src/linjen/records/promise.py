"""Löftet om svar: what a resident was told when she sent her case, and how often it held (calibration of the clock)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.cases.waiting.answer_times import FEWEST, SHARE, WINDOW, Usual, find_usual
from linjen.core.database import Connection, Database
from linjen.core.dispatcher import Dispatcher
from linjen.core.events import Event
from linjen.core.jobs import Wanted
from linjen.core.remembered import Remembered
from linjen.units.hours import expected_answer
from linjen.units.opening import list_schedules
from linjen.units.schedule import Schedule


class Kept(msgspec.Struct, frozen=True):
    """Of `count` promises whose time has come, `held` were kept."""

    held: int
    count: int

    @property
    def share(self) -> int | None:
        """How many in a hundred; None while they are too few to say."""
        return round(100 * self.held / self.count) if self.count >= FEWEST else None


class Outlook(msgspec.Struct, frozen=True):
    """`usual` is what answers have taken lately, None with too few to tell; `kept` in how many of a hundred the unit's
    promises have held, None with too few.
    """

    usual: Usual | None = None
    kept: int | None = None

    @property
    def minutes(self) -> float | None:
        """Within how many staffed minutes an answer can be expected."""
        return self.usual.minutes if self.usual else None


#: Every resident's page asks for it; so long, in seconds, what was counted is used again.
_FRESH_S = 300
_known: Remembered[UUID, dict[int, Kept]] = Remembered(_FRESH_S)

_SENT = """
select c.id, v.unit_id, v.priority, v.queued_at from cases c join visits v on v.id = c.visit_id
where c.id = any($1::uuid[]) and c.begun_by is null and v.booked_on is null and v.priority is not null
"""

# A case that ended without a word in the chat was answered in another way when it was closed.
_KEPT: Final = """
select p.level, count(*) filter (where a.at <= p.by_at) as held, count(*) as count
from promises p join cases c on c.id = p.case_id join visits v on v.id = c.visit_id
cross join lateral (select coalesce(
  (select min(m.sent_at) from messages m
   where m.case_id = p.case_id and m.by_kind = 'staff' and m.sent_at >= p.made_at),
  case when v.state = 'closed' then v.closed_at end) as at) a
where p.unit_id = $1 and p.made_at > $2 and p.made_at <= $3 and (p.by_at <= $3 or a.at is not null)
  and v.close_reason is distinct from 'withdrawn' group by p.level
"""


def watch_promises(database: Database, dispatcher: Dispatcher) -> None:
    """Ask `dispatcher` for the cases that are sent: of each, what its sender was told is written down, once."""

    async def note(db: Connection, events: Sequence[Event]) -> list[Wanted]:
        await _note(database, db, [event.case_id for event in events])
        return []

    dispatcher.add("case_sent", note, by={"resident"})


async def _note(database: Database, db: Connection, case_ids: Sequence[UUID]) -> None:
    rows = await db.fetch(_SENT, list(case_ids))
    schedules = await list_schedules(db, list({row["unit_id"] for row in rows}))
    for row in rows:
        schedule, at = schedules[row["unit_id"]], row["queued_at"]
        usual = await find_usual(database, db, schedule, row["unit_id"], row["priority"], at)
        by_at = expected_answer(schedule, at, row["priority"], usual.minutes).by_at if usual else None
        if by_at is not None and by_at > at:
            await db.execute(
                "insert into promises (case_id, unit_id, level, made_at, by_at, share) values ($1, $2, $3, $4, $5, $6)"
                " on conflict (case_id) do nothing",
                row["id"], row["unit_id"], row["priority"], at, by_at, SHARE,
            )  # fmt: skip


async def read_kept(db: Connection, unit_id: UUID, at: datetime) -> dict[int, Kept]:
    """How often the unit's promises of the four weeks before `at` held, by level; levels without any are left out."""
    rows = await db.fetch(_KEPT, unit_id, at - WINDOW, at)
    return {row["level"]: Kept(row["held"], row["count"]) for row in rows}


async def find_outlook(
    database: Database, db: Connection, schedule: Schedule, unit_id: UUID, level: int, at: datetime
) -> Outlook:
    """What a resident is told of an answer to a case of a level at the unit; at most 5 min old."""
    usual = await find_usual(database, db, schedule, unit_id, level, at)
    kept = (await _known.get(database, unit_id, lambda: read_kept(db, unit_id, at))).get(level)
    return Outlook(usual, kept.share if kept else None)
