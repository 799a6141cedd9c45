"""Asynkront: instead of being handed over, a case may go on at a later time with the same holder (routine F051, F173).

It stays with its holder over nights and weekends, until a day that the patient is told.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.talk.message import check_told_optional, unseal_text, write_message
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.events import record
from linjen.core.sealing import Sealer

#: Days a case may be asynchronous for at a time: longer than that is a new booking, not a talk.
MOST_DAYS = 30


async def make_asynchronous(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, days: int, tell: str = "", *, answers: bool = True
) -> date:
    """Let the talk go on with its holder for `days` (1–30) from today; until which day (Swedish date).

    `tell` is sent to the patient with it; with `answers` false it only promises an answer, so that whose turn it is to
    speak stays as it was. The same once more changes nothing, and nothing is sent again. Raises
    Invalid('days') with field "days", Invalid('too_long' | 'unreadable') with field "tell", and as open_case.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days", "days", most=MOST_DAYS)
    told = check_told_optional(tell, "tell")
    case = await open_case(db, by, case_id, "make_asynchronous")
    until = clock.local_date(clock.now()) + timedelta(days=days)
    changed = await db.fetchval(
        "update visits set kind = 'async', until_on = $2::date where id = $1"
        " and (kind <> 'async' or until_on is distinct from $2::date) returning id",
        case.visit_id, until,
    )  # fmt: skip
    if changed is None:
        if told and told != await _said_last(db, sealer, by, case_id):  # another word on the same day is sent, too
            await write_message(db, sealer, by, case_id, told, passes_turn=answers)
        return until
    if told:
        await write_message(db, sealer, by, case_id, told, passes_turn=answers)
    await record(db, case_id, "made_asynchronous", by.kind, by.person_id, {"until": until.isoformat()})
    return until


async def _said_last(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> str:
    """The last message that this person has written in the case, '' for none."""
    last = "select id, body_sealed from messages where case_id = $1 and by_id = $2 order by seq desc limit 1"
    row = await db.fetchrow(last, case_id, by.person_id)
    return unseal_text(sealer, case_id, row["id"], row["body_sealed"]) if row else ""
