"""Mina chattar: what a staff member has going, the urgent first, then who waits longest; on every page of a case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access, log_shown
from linjen.access.by import By
from linjen.cases.levels import URGENT
from linjen.core import clock
from linjen.core.database import Connection

#: As many as anybody keeps in her head at once; the others stand in her own list.
MOST = 7


class Chat(msgspec.Struct, frozen=True, kw_only=True):
    """One of her chats. It is `turn`'s to speak ('staff' or 'resident') since `turn_at` (UTC)."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    level: int
    unread: int
    turn: str
    turn_at: datetime


_MAY = policy.asked()

_SHOWN = f"""
  select c.id as case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on, v.priority as level,
    c.staff_unread as unread, c.turn, c.turn_at
  from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
  where v.holder_id = $1 and v.state = 'in_progress' and v.kind <> 'async' and {_MAY}
  order by c.turn = 'staff' desc, v.priority > {URGENT}, c.turn_at, c.id limit {MOST}
"""

_LOGGED = log_shown("chats", "select case_id from shown", person="$1", unit="$2", session="$4")

_CHATS = f"""
with shown as ({_SHOWN}), logged as ({_LOGGED})
select * from shown order by turn = 'staff' desc, level > {URGENT}, turn_at, case_id
"""


async def see_my_chats(db: Connection, by: By, known: Collection[UUID] = ()) -> list[Chat]:
    """Her chats at the unit where she works now, asynchronous ones left out: those who wait for her first, of them the
    urgent, and then who has waited longest. One row in the access log that holds them; none where the page that they
    stand on shows and has logged all of them (`known`).
    """
    if not by.is_staff or by.unit_id is None:
        return []
    today = clock.local_date(clock.now())
    if not known:
        return [Chat(**row) for row in await db.fetch(_CHATS, by.person_id, by.unit_id, today, by.session_id)]
    chats = [Chat(**row) for row in await db.fetch(_SHOWN, by.person_id, by.unit_id, today)]
    if any(chat.case_id not in known for chat in chats):
        await log_access(db, by, "chats", None, [chat.case_id for chat in chats])
    return chats
