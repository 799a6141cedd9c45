"""Notis till den som tillfrågas: staff who have chosen it are told by SMS that a colleague asks something of them.

Only what is asked of a person by name: an attestation, an invitation, a note in which she is named. It waits a little,
and is not sent when she has seen it meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from linjen.access import policy
from linjen.core.connection import Connection
from linjen.core.events import Event
from linjen.notices.outbox import Wish, put
from linjen.units.hours import State, state_at
from linjen.units.opening import list_schedules

#: The events that may ask something of somebody by name.
ASKING: Final = ("attestation_requested", "attestation_forwarded", "invited", "note_written")
#: So long she may take to come to it by herself.
_AFTER = timedelta(minutes=2)

_STAFFED = frozenset({State.OPEN, State.CLOSED_TO_RESIDENTS})

_WHO = f"""
with asked as (
  select case_id, to_staff_id as staff_id from attestations where id = any($1::uuid[]) and state = 'requested'
  union select case_id, staff_id from invitations where id = any($1::uuid[]) and ended_at is null
  union select n.case_id, m.staff_id from unnest($2::uuid[], $3::integer[]) as e (case_id, seq)
    join notes n on n.case_id = e.case_id and n.seq = e.seq join note_mentions m on m.note_id = n.id
    where m.read_at is null
)
select a.case_id, v.unit_id, s.id as staff_id, s.sms_requests
from asked a join cases c on c.id = a.case_id join visits v on v.id = c.visit_id
join staff s on s.id = a.staff_id and s.active and s.sms_requests <> 'no' and s.phone is not null
where {policy.clause("see", "staff", person="s.id", unit="v.unit_id", today="current_date")}
  and not exists (select from sms o where o.to_id = s.id and o.kind = 'staff_request' and o.state = 'waiting')
"""


async def tell_asked(db: Connection, events: Sequence[tuple[Event, datetime]]) -> None:
    """Write a wish for each person who is asked something by one of the `events` (each with when it happened)."""
    if not events:
        return
    last = {event.case_id: (event, at) for event, at in events}
    notes = [event for event, _ in events if event.kind == "note_written"]
    rows = await db.fetch(
        _WHO, _ids([event.data for event, _ in events]), [one.case_id for one in notes], [one.seq for one in notes]
    )
    schedules = await list_schedules(db, list({row["unit_id"] for row in rows})) if rows else {}
    wishes: dict[UUID, Wish] = {}
    for row in rows:
        event, at = last[row["case_id"]]
        if row["sms_requests"] == "always" or state_at(schedules[row["unit_id"]], at) in _STAFFED:
            wishes[row["staff_id"]] = Wish(
                kind="staff_request", cause=f"asked/{event.case_id}/{event.seq}/{row['staff_id']}",
                case_id=event.case_id, to_id=row["staff_id"], next_at=at + _AFTER,
            )  # fmt: skip
    await put(db, list(wishes.values()))


def _ids(data: Sequence[Mapping[str, object]]) -> list[UUID]:
    found = [one.get("attestation") or one.get("invitation") for one in data]
    return [UUID(str(one)) for one in found if one]


#: Whether something is still asked of the receiver (`s`) in the case (`c`): what she has seen is no news.
STILL_ASKED: Final = """(
  exists (select from attestations t where t.case_id = c.id and t.to_staff_id = s.id and t.state = 'requested')
  or exists (select from invitations i where i.case_id = c.id and i.staff_id = s.id and i.ended_at is null)
  or exists (select from note_mentions m join notes n on n.id = m.note_id
             where n.case_id = c.id and m.staff_id = s.id and m.read_at is null))"""
