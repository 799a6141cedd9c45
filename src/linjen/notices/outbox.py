"""Utkorgen för SMS: a row for each, written once from what caused it, claimed by one sender, and never sent twice.

The life of a row: waiting → sending → accepted → delivered. From sending it goes back to waiting only when the gateway
certainly took nothing. `uncertain` is for what may have gone out and `failed` for what did not: both are shown to staff
as work. `withheld` was never to be sent (protected, no number), `dropped` was not needed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from linjen.core import clock
from linjen.core.connection import Connection
from linjen.core.database import Database
from linjen.core.events import record
from linjen.core.ids import id_at, new_id
from linjen.core.metrics import SMS_TOLD

#: A sender that has not told what became of a message within this time has died in the middle of it.
ABANDONED_AFTER = timedelta(seconds=120)
#: Kinds that staff get for their own sake: no part of any case, and of no patient's failed SMS.
TO_STAFF: Final = frozenset({"staff_new_case", "staff_request", "staff_level_one", "manager_level_one", "manager_load"})
#: States that a case's staff are told of as they come.
_TOLD: Final = frozenset({"accepted", "delivered", "failed", "uncertain", "withheld"})


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS to be sent at `next_at` (UTC) if it is still needed then. The same `cause` is never written twice."""

    kind: str
    cause: str
    case_id: UUID | None
    next_at: datetime
    to_id: UUID | None = None
    load_alarm_id: UUID | None = None
    text_id: UUID | None = None
    by_id: UUID | None = None


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A row that this sender has claimed. `tries` counts the present one; `case_id` is a load alarm's where it is of no
    case.
    """

    id: UUID
    kind: str
    to_id: UUID | None
    case_id: UUID
    text_id: UUID | None
    tries: int
    created_at: datetime


class Outcome(msgspec.Struct, frozen=True):
    """What became of a try. `state` waiting means that it is tried again after `again_s`; `spent` if that was a try."""

    state: str
    reason: str = ""
    gateway_id: str = ""
    again_s: float = 0
    spent: bool = True


async def put(db: Connection, wishes: Sequence[Wish]) -> int:
    """Write wishes in the caller's transaction; how many were new."""
    columns: list[list[Any]] = [
        [new_id() for _ in wishes], [one.kind for one in wishes], [one.cause for one in wishes],
        ["staff" if one.kind in TO_STAFF else "resident" for one in wishes], [one.to_id for one in wishes],
        [one.case_id for one in wishes], [one.text_id for one in wishes], [one.by_id for one in wishes],
        [one.next_at for one in wishes], [one.load_alarm_id for one in wishes],
    ]  # fmt: skip
    done = await db.execute(
        "insert into sms (id, kind, cause, to_kind, to_id, case_id, text_id, by_id, next_at, load_alarm_id)"
        " select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[],"
        " $8::uuid[], $9::timestamptz[], $10::uuid[]) on conflict (cause) do nothing",
        *columns,
    )
    return int(done.rpartition(" ")[2])


async def claim(database: Database, at: datetime, most: int) -> list[Due]:
    """Rows whose time has come, now this sender's alone: committed before anything is handed to a gateway."""
    rows = await database.fetch(
        "update sms set state = 'sending', sending_at = $1, changed_at = $1, tries = tries + 1 where id in ("
        " select id from sms where state = 'waiting' and next_at <= $1 order by next_at, id limit $2"
        " for update skip locked)"
        " returning id, kind, to_id, coalesce(case_id, load_alarm_id) as case_id, text_id, tries, created_at",
        at, most,
    )  # fmt: skip
    return sorted((Due(**dict(row)) for row in rows), key=lambda one: one.id)


async def write(database: Database, sms_id: UUID, case_id: UUID, outcome: Outcome) -> bool:
    """Write what became of a try; False when the row has moved on (a report came before the gateway's answer)."""
    at = clock.now()
    async with database.transaction() as db:
        await _lock(db, [case_id])
        row = await db.fetchrow(
            "update sms set state = $2, reason = $3, gateway_id = $4, sending_at = null, changed_at = $5,"
            " next_at = $6, tries = tries - $7 where id = $1 and state = 'sending' returning kind",
            sms_id, outcome.state, outcome.reason, outcome.gateway_id[:200], at,
            at + timedelta(seconds=outcome.again_s), 0 if outcome.spent else 1,
        )  # fmt: skip
        if row is None:  # the report was quicker: of the answer only the gateway's name for it is news
            await db.execute("update sms set gateway_id = $2 where id = $1", sms_id, outcome.gateway_id[:200])
            return False
        await _tell(db, sms_id, case_id, row["kind"], outcome.state, outcome.reason)
    return True


async def note_receiver(database: Database, sms_id: UUID, resident_id: UUID) -> None:
    """Whose number it goes to: so a number that keeps failing is seen, whatever the case."""
    await database.execute("update sms set to_id = $2 where id = $1", sms_id, resident_id)


async def take_report(database: Database, sms_id: UUID, said: str) -> bool:
    """A gateway says that a message was delivered or failed. The same once more, or an older one, changes nothing."""
    before = (
        ["accepted", "uncertain", "sending", "waiting", "failed"] if said == "delivered" else ["accepted", "sending"]
    )
    before += ["uncertain"] if said == "failed" else []
    case_id = await database.fetch_value("select coalesce(case_id, load_alarm_id) from sms where id = $1", sms_id)
    if case_id is None:
        return False
    async with database.transaction() as db:
        await _lock(db, [case_id])
        kind = await db.fetchval(
            "update sms set state = $2, reason = $3, sending_at = null, changed_at = now()"
            " where id = $1 and state = any($4::text[]) and tries > 0 returning kind",
            sms_id, said, "not_delivered" if said == "failed" else "", before,
        )  # fmt: skip
        if kind is not None:
            await _tell(db, sms_id, case_id, kind, said, "not_delivered" if said == "failed" else "")
    return kind is not None


async def give_up_abandoned(database: Database, at: datetime) -> int:
    """Mark as uncertain what a sender began and never ended: it may have gone out, so it is not sent again."""
    rows = await database.fetch(
        "select id, coalesce(case_id, load_alarm_id) as case_id from sms where state = 'sending' and sending_at < $1"
        " limit 100",
        at - ABANDONED_AFTER,
    )
    done = [await write(database, row["id"], row["case_id"], Outcome("uncertain", "interrupted")) for row in rows]
    return sum(done)


async def _lock(db: Connection, case_ids: Sequence[UUID]) -> None:
    """The case before its SMS, as everybody takes them, so that nobody waits for another in a circle."""
    await db.execute("select 1 from cases where id = any($1::uuid[]) order by id for no key update", sorted(case_ids))


async def _tell(db: Connection, sms_id: UUID, case_id: UUID, kind: str, state: str, reason: str) -> None:
    """Whoever has the case open sees it; what staff chose for themselves is no part of any case."""
    SMS_TOLD.labels(kind=kind, state=state).inc()
    if state in _TOLD and kind not in TO_STAFF:
        data = {"sms": str(sms_id), "kind": kind, "state": state, "reason": reason}
        await record(db, case_id, "sms_told", "system", None, data)


#: How long after it was sent a receipt by the operator's id is still looked up.
_RECEIPTS_FOR = timedelta(days=3)


async def take_receipt(database: Database, sms_id: UUID | None, gateway_id: str, said: str) -> None:
    """As `take_report`, for an operator that names a message by its own id; `sms_id` where ours is known."""
    found = sms_id or await database.fetch_value(
        "select id from sms where id > $1 and gateway_id = $2 order by id desc limit 1",
        id_at(clock.now() - _RECEIPTS_FOR), gateway_id,
    )  # fmt: skip
    if found is not None:
        await take_report(database, found, said)
