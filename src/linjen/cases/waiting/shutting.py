"""Stäng enheten: a unit is shut only when nothing is left open in it (routine F093); till then it takes no more."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.units.managed import may_at, take_turns
from linjen.units.shutting import Shutting, write_shutting

#: So far ahead the day can be chosen.
FURTHEST = timedelta(days=366)


class LeftOpen(msgspec.Struct, frozen=True, kw_only=True):
    """What is open at a unit, as numbers: cases that wait, that somebody has, that have a day booked; tickets that have
    come to it and are not used, and those of its cases that have not come to an end. `drafts` is what residents have
    begun to write to it: that keeps no unit open.
    """

    waiting: int
    held: int
    booked: int
    tickets_here: int
    tickets_sent: int
    drafts: int

    @property
    def open(self) -> int:
        """How many cases wait there or are held."""
        return self.waiting + self.held

    @property
    def total(self) -> int:
        """How many there are that have to come to an end first."""
        return self.open + self.booked + self.tickets_here + self.tickets_sent


#: In one statement, so that what goes from one to another meanwhile is not between them.
_LEFT = """
select
  (select count(*) from visits where unit_id = $1 and state = 'queued' and booked_on is null) as waiting,
  (select count(*) from visits where unit_id = $1 and state = 'in_progress') as held,
  (select count(*) from visits where unit_id = $1 and state = 'queued' and booked_on is not null) as booked,
  (select count(*) from tickets where to_unit_id = $1
     and (state = 'issued' or (state = 'booked' and booked_for > now()))) as tickets_here,
  (select count(*) from tickets t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id
     where v.unit_id = $1 and (t.state = 'issued' or (t.state = 'booked' and t.booked_for > now())
       or (t.state in ('returned', 'expired') and t.settled_at is null))) as tickets_sent,
  (select count(*) from cases c join intakes i on i.case_id = c.id where c.unit_id = $1 and c.sent_at is null
     and c.phase in ('intake', 'emergency_advised', 'self_care_offered') and i.expires_at > now()) as drafts
"""
_HOLDERS = """
select s.given_name || ' ' || s.surname as name, count(*) as count from visits v join staff s on s.id = v.holder_id
where v.unit_id = $1 and v.state = 'in_progress' group by s.id order by count desc, name
"""


async def count_left(db: Connection, unit_id: UUID) -> LeftOpen:
    """What is open at the unit. Numbers only; the caller has asked the policy."""
    row = await db.fetchrow(_LEFT, unit_id)
    assert row is not None  # noqa: S101 - counts are always one row
    return LeftOpen(**dict(row))


async def list_holders(db: Connection, unit_id: UUID) -> list[tuple[str, int]]:
    """Who has open cases there, and how many: names of colleagues, none of a patient."""
    return [(row["name"], row["count"]) for row in await db.fetch(_HOLDERS, unit_id)]


async def shut_unit(db: Connection, by: By, unit_id: UUID, new: Shutting, was: Shutting) -> None:
    """Choose the day from which it takes no new cases, shut it, or open it again; logged. Once more changes nothing.

    Raises NotFound for who does not administer the unit's configuration, Invalid('day') with field "on" for a day that
    is missing, past or far, Invalid('left_open') with field "state" and `count` while anything is open, and
    Refused('changed') when somebody has decided otherwise meanwhile.
    """
    if not await may_at(db, by, unit_id, "shut_unit"):
        raise NotFound("unit")
    today = clock.local_date(clock.now())
    if new.is_shut and (new.shuts_on is None or new.shuts_on > today):
        new = Shutting(today, True)
    _check_day(new, was, today)
    await log_access(db, by, "shut_unit", shown=[unit_id])
    await take_turns(db, unit_id)
    if new.is_shut and (left := (await count_left(db, unit_id)).total):
        raise Invalid("left_open", "state", count=left)
    if not await write_shutting(db, unit_id, new, was):
        raise Refused("changed", verb="shut_unit")


def _check_day(new: Shutting, was: Shutting, today: date) -> None:
    if new.is_shut or new == Shutting() or new.shuts_on == was.shuts_on:
        return
    if new.shuts_on is None or not today <= new.shuts_on <= today + FURTHEST:
        raise Invalid("day", "on")
