"""Tillfällig stängning: single days on which a unit is closed, planned three weeks ahead or at once (F094–F097)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.ids import new_id
from linjen.core.visible import is_visible, straight_text
from linjen.units.managed import StoredClosure, begin_deciding

#: So long before its first day a planned closure is ordered.
AHEAD = timedelta(days=21)
FURTHEST = timedelta(days=366)
#: The most days of each kind: closing is for single days.
MOST_DAYS = {"planned": 14, "acute": 3}
LONGEST = 200

#: The planned ones that are to come; that the old unit had to close at once is not the new one's.
COPY = (
    "insert into closures (id, unit_id, from_at, until_at, kind, reason)"
    " select gen_random_uuid(), $2::uuid, from_at, until_at, kind, reason from closures"
    " where unit_id = $1 and kind = 'planned' and from_at > now()"
)

_COMING = """
select from_at, until_at, kind, reason from closures
where unit_id = $1 and kind <> 'holiday_open' and until_at > $2 order by from_at, until_at, kind, reason
"""


async def find_closures(db: Connection, unit_id: UUID) -> list[StoredClosure]:
    """The temporary closures of the unit that have not ended, the first to begin first."""
    return [StoredClosure(**dict(row)) for row in await db.fetch(_COMING, unit_id, clock.now())]


async def plan_closures(
    db: Connection, by: By, unit_id: UUID, new: Sequence[StoredClosure], was: Sequence[StoredClosure]
) -> None:
    """Let these be the unit's coming closures, if they still are what the page showed; logged. Once more changes
    nothing. One that holds now and is left out ends now; one that has been ended and is put back begins now.

    Raises NotFound for who neither leads nor configures the unit, Invalid as `check_closure` or 'overlaps' with field
    "from_on", and Refused('changed') when somebody has decided otherwise meanwhile.
    """
    await begin_deciding(db, by, unit_id, "plan_closures")
    at, now = clock.now(), await find_closures(db, unit_id)
    coming = [one if one in now else await _as_begun(db, unit_id, one, at) for one in new if one.until_at > at]
    wanted = sorted(coming, key=lambda one: (one.from_at, one.until_at))
    if wanted == now:
        return
    if now != [one for one in was if one.until_at > at]:
        raise Refused("changed", verb="plan_closures")
    added = [one for one in wanted if one not in now]
    for one in added:
        check_closure(one, at)
        if any(one.from_at < other.until_at and other.from_at < one.until_at for other in wanted if other is not one):
            raise Invalid("overlaps", "from_on")
    await _write(db, unit_id, added, [one for one in now if one not in wanted], at)


async def _as_begun(db: Connection, unit_id: UUID, one: StoredClosure, at: datetime) -> StoredClosure:
    """A new one as it is kept. Where another one has ended since it was to begin, it begins now: the unit was open in
    between, and what is counted of that time knows it.
    """
    ended = (
        "select exists (select 1 from closures where unit_id = $1 and kind <> 'holiday_open' and until_at > $2"
        " and until_at <= $3)"
    )
    begun = one.from_at < at and await db.fetchval(ended, unit_id, one.from_at, at)
    return msgspec.structs.replace(
        one, from_at=at if begun else one.from_at, reason=straight_text(one.reason).strip()
    )  # fmt: skip


def check_closure(one: StoredClosure, at: datetime) -> None:
    """Raises Invalid: 'kind', 'reason' or 'reason_long' with field "reason", 'past', 'far' or 'too_soon' with field
    "from_on", 'backwards' or 'too_long_closed' with field "until_on".
    """
    first, today = clock.local_date(one.from_at), clock.local_date(at)
    if one.kind not in MOST_DAYS:
        raise Invalid("kind", "kind")
    if first < today:
        raise Invalid("past", "from_on")
    if first > today + FURTHEST:
        raise Invalid("far", "from_on")
    if one.kind == "planned" and first < today + AHEAD:
        raise Invalid("too_soon", "from_on")
    if one.until_at <= one.from_at:
        raise Invalid("backwards", "until_on")
    if clock.local_date(one.until_at) - first > timedelta(days=MOST_DAYS[one.kind]):
        raise Invalid("too_long_closed", "until_on", days=MOST_DAYS[one.kind])
    if not is_visible(one.reason):
        raise Invalid("reason", "reason")
    if len(one.reason) > LONGEST:
        raise Invalid("reason_long", "reason", longest=LONGEST)


async def _write(
    db: Connection, unit_id: UUID, added: Sequence[StoredClosure], gone: Sequence[StoredClosure], at: datetime
) -> None:
    for one in gone:
        same = (unit_id, one.from_at, one.until_at, one.kind, one.reason)
        where = "unit_id = $1 and from_at = $2 and until_at = $3 and kind = $4 and reason = $5"
        if one.from_at < at:  # the unit was closed until now, and what is counted of that time knows it
            await db.execute(f"update closures set until_at = $6 where {where}", *same, at)
        else:
            await db.execute(f"delete from closures where {where}", *same)
    await db.executemany(
        "insert into closures (id, unit_id, from_at, until_at, kind, reason) values ($1, $2, $3, $4, $5, $6)",
        [(new_id(), unit_id, one.from_at, one.until_at, one.kind, one.reason) for one in added],
    )
