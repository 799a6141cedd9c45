"""Jag har öppnat journalen: somebody at the unit has looked the patient up in the record system (routine F019).

What a resident writes says nothing about protected identity, so the record system is always opened before the first
reply. That is told here and never enforced: a reply that is urgent is not held up by a button.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.events import record


class RecordOpened(msgspec.Struct, frozen=True):
    """Who said that she has opened the record system for a case, and when (UTC)."""

    by_name: str
    at: datetime


async def open_record_system(db: Connection, by: By, case_id: UUID) -> None:
    """Keep that `by` has opened the patient's record. The first who says so stands; once more changes nothing but that
    she, too, has looked today.

    Raises as open_case.
    """
    await open_case(db, by, case_id, "open_record_system")
    first = await db.fetchval(
        "insert into record_openings (case_id, by_id) values ($1, $2) on conflict do nothing returning case_id",
        case_id, by.person_id,
    )  # fmt: skip
    today = clock.local_date(clock.now())
    await db.execute(
        "insert into record_looks values ($1, $2, $3) on conflict do nothing", case_id, by.person_id, today
    )
    if first is not None:
        await record(db, case_id, "record_system_opened", by.kind, by.person_id)


async def has_looked_today(db: Connection, by: By, patient_id: UUID) -> bool:
    """Whether she herself has said today, in any case of the patient's, that she has opened the record."""
    looked = (
        "select exists (select 1 from record_looks l join cases c on c.id = l.case_id"
        " where c.patient_id = $1 and l.by_id = $2 and l.on_day = $3)"
    )
    return bool(await db.fetchval(looked, patient_id, by.person_id, clock.local_date(clock.now())))


async def find_record_opened(db: Connection, case_id: UUID) -> RecordOpened | None:
    """Who has, None while nobody has. Only for staff who have seen the case by see_case."""
    row = await db.fetchrow(
        "select s.given_name || ' ' || s.surname as by_name, o.at from record_openings o"
        " join staff s on s.id = o.by_id where o.case_id = $1",
        case_id,
    )
    return RecordOpened(**dict(row)) if row else None
