"""Behåll: the holder keeps a silent case open until a day she names, and is asked again then (routine F040)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.moves.inactivity import keep_silent
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.events import record

#: A case that is to wait longer than this has another home: a booked time, or a new contact.
LONGEST = timedelta(days=60)


async def keep(db: Connection, by: By, case_id: UUID, until: date) -> None:
    """Ask nothing of the holder before `until`, a Swedish day after today.

    Raises Invalid('keep_day') with field "until" for a day that is not ahead or too far, Refused('not_silent') when
    the resident has answered meanwhile, and as open_case.
    """
    today = clock.local_date(clock.now())
    if not today < until <= today + LONGEST:
        raise Invalid("keep_day", "until", days=LONGEST.days)
    await open_case(db, by, case_id, "keep")
    if not await keep_silent(db, case_id, until):
        raise Refused("not_silent")
    await record(db, case_id, "kept", by.kind, by.person_id, {"until": until.isoformat()})
