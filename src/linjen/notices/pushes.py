"""Utkorgen för push: a row for each happening and device, written once, claimed by one sender, and never sent twice.

The life of a row is that of an SMS without a report: waiting → sending → accepted. `uncertain` may have been shown,
`failed` was not and is tried no more, `withheld` a rule forbade, `dropped` was not needed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.core import clock
from linjen.core.connection import Connection
from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.metrics import PUSH_TOLD
from linjen.notices.outbox import ABANDONED_AFTER, Outcome, Wish

#: What a kind of notice is called on a screen that others may see: staff's own words never leave by push.
_KINDS: Final = {"free_text": "reminder"}


class DuePush(msgspec.Struct, frozen=True, kw_only=True):
    """A row that this sender has claimed, with its device where that is still there. `tries` counts the present one."""

    id: UUID
    kind: str
    case_id: UUID
    device_id: UUID
    resident_id: UUID | None
    subscription_sealed: bytes | None
    tries: int
    created_at: datetime


#: Whose devices may be told of a case: which of the two is told is looked at when its time has come.
_DEVICES = """
select c.id as case_id, d.id as device_id
from cases c join push_devices d on d.resident_id in (c.patient_id, c.opened_by)
where c.id = any($1::uuid[])
"""


async def put_pushes(db: Connection, wishes: Sequence[Wish]) -> int:
    """Write a row for each device that may be told, in the caller's transaction; how many were new."""
    rows = await db.fetch(_DEVICES, list({one.case_id for one in wishes if one.case_id is not None}))
    pairs = [(one, row["device_id"]) for one in wishes for row in rows if row["case_id"] == one.case_id]
    if not pairs:
        return 0
    done = await db.execute(
        "insert into pushes (id, kind, cause, device_id, case_id, next_at) select * from unnest($1::uuid[], $2::text[],"
        " $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[]) on conflict (cause, device_id) do nothing",
        [new_id() for _ in pairs], [_KINDS.get(one.kind, one.kind) for one, _ in pairs],
        [one.cause for one, _ in pairs], [device for _, device in pairs], [one.case_id for one, _ in pairs],
        [one.next_at for one, _ in pairs],
    )  # fmt: skip
    return int(done.rpartition(" ")[2])


_CLAIM = """
with claimed as (
  update pushes set state = 'sending', sending_at = $1, changed_at = $1, tries = tries + 1 where id in (
    select id from pushes where state = 'waiting' and next_at <= $1 order by next_at, id limit $2
    for update skip locked)
  returning id, kind, case_id, device_id, tries, created_at)
select c.*, d.resident_id, d.subscription_sealed from claimed c left join push_devices d on d.id = c.device_id
"""


async def claim_pushes(database: Database, at: datetime, most: int) -> list[DuePush]:
    """Rows whose time has come, now this sender's alone: committed before anything leaves."""
    return [DuePush(**dict(row)) for row in await database.fetch(_CLAIM, at, most)]


async def write_push(database: Database, due: DuePush, outcome: Outcome) -> bool:
    """Write what became of a try; False when somebody else has written it already."""
    at = clock.now()
    done = await database.fetch_value(
        "update pushes set state = $2, reason = $3, sending_at = null, changed_at = $4, next_at = $5,"
        " tries = tries - $6 where id = $1 and state = 'sending' returning true",
        due.id, outcome.state, outcome.reason, at, at + timedelta(seconds=outcome.again_s), 0 if outcome.spent else 1,
    )  # fmt: skip
    if done:
        PUSH_TOLD.labels(kind=due.kind, state=outcome.state).inc()
    return bool(done)


async def give_up_abandoned_pushes(database: Database, at: datetime) -> None:
    """Mark as uncertain what a sender began and never ended: it may have been shown, so it is not sent again."""
    await database.execute(
        "update pushes set state = 'uncertain', reason = 'interrupted', sending_at = null, changed_at = $2"
        " where state = 'sending' and sending_at < $1",
        at - ABANDONED_AFTER, at,
    )  # fmt: skip
