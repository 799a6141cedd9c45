"""Tyst tid: between which hours a resident wants no notices, and when a moment's quiet ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from linjen.core import clock
from linjen.core.clock import STOCKHOLM
from linjen.core.connection import Connection
from linjen.core.errors import Invalid, NotFound


class Quiet(msgspec.Struct, frozen=True):
    """Whole hours on a Swedish clock, 0 to 23; the same twice is no quiet at all."""

    from_hour: int
    until_hour: int

    def ends(self, at: datetime) -> datetime | None:
        """When the quiet that holds at `at` ends (UTC), None where none does."""
        local = clock.local(at)
        begin, end, hour = self.from_hour, self.until_hour, local.hour
        if not (begin <= hour < end if begin <= end else hour >= begin or hour < end):
            return None
        day = local.date() + timedelta(days=1 if hour >= end else 0)
        # Read on the wall clock: on a night that is changed to summer time the quiet is an hour shorter.
        return datetime(day.year, day.month, day.day, end, tzinfo=STOCKHOLM).astimezone(at.tzinfo)


async def find_quiet(db: Connection, resident_id: UUID) -> Quiet:
    """Her quiet hours, which are 21 to 7 until she has chosen. Raises NotFound."""
    row = await db.fetchrow("select quiet_from, quiet_until from residents where id = $1", resident_id)
    if row is None:
        raise NotFound("resident")
    return Quiet(*row)


async def choose_quiet(db: Connection, resident_id: UUID, quiet: Quiet) -> None:
    """Keep her choice. Raises Invalid('quiet_hour') for an hour that no clock has."""
    if not (0 <= quiet.from_hour <= 23 and 0 <= quiet.until_hour <= 23):
        raise Invalid("quiet_hour", "quiet_from")
    await db.execute(
        "update residents set quiet_from = $2, quiet_until = $3 where id = $1",
        resident_id, quiet.from_hour, quiet.until_hour,
    )  # fmt: skip
