"""What happened, written once, in the same transaction as the change; every other floor reads these rows."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from linjen.core.connection import Connection


class Event(msgspec.Struct, frozen=True):
    """One row of `events`. `seq` counts without gaps within a case; `data` holds keys and ids, never sentences."""

    case_id: UUID
    seq: int
    kind: str
    by_kind: str
    by_id: UUID | None
    unit_id: UUID | None = None
    data: dict[str, Any] = {}
    at: datetime | None = None


#: The events of the transaction that is running in this task; handed on only after its commit (house rule 5).
pending: ContextVar[list[Event] | None] = ContextVar("pending_events", default=None)

_RECORD = """
with counted as (
  update cases set counter = counter + 1, changed_at = now() where id = $1 returning counter, unit_id
)
insert into events (case_id, seq, unit_id, kind, by_kind, by_id, data)
select $1, counter, unit_id, $2, $3, $4, $5 from counted
returning seq, unit_id
"""


async def record(
    db: Connection, case_id: UUID, kind: str, by_kind: str, by_id: UUID | None, data: dict[str, Any] | None = None, *,
    unkept: dict[str, Any] | None = None,
) -> Event:  # fmt: skip
    """Write that `kind` (past tense) happened to a case, with the case's next gap-free number.

    Call it inside the transaction of the change. The case's own counter is the cursor of live pages: sequence
    numbers of the database are handed out before commit and would lose events (house rule 1). `unkept` goes to open
    pages with the event and is never written: the text of a message.
    """
    row = await db.fetchrow(_RECORD, case_id, kind, by_kind, by_id, data or {})
    if row is None:
        raise LookupError("no such case")
    event = Event(case_id, row["seq"], kind, by_kind, by_id, row["unit_id"], (data or {}) | (unkept or {}))
    waiting = pending.get()
    if waiting is not None:
        waiting.append(event)
    return event
