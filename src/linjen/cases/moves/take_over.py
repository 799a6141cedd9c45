"""Ta över: a held case that an alarm has made urgent, and whose holder is not there, becomes a colleague's.

Absence is told by what the database knows, since a colleague's open pages on another node are not seen: no session of
hers at the unit that is used, or no answer within five minutes after the patient wrote what the alarm heard.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.colleagues.attestation import Addressee
from linjen.cases.colleagues.note import write_note
from linjen.cases.levels import URGENT
from linjen.cases.loading import Case, open_case
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.people.colleagues import list_colleagues

#: So long a holder who is signed in has to answer.
ANSWERS_WITHIN: Final = timedelta(minutes=5)

#: An alarm that was heard in time and made the case urgent.
_HEARD = f"e.kind = 'alarm_heard' and not e.data ? 'late' and (e.data ->> 'to')::integer <= {URGENT}"

_RAISED = f"select exists (select 1 from events e where e.case_id = $1 and {_HEARD})"

#: Since when the holder owes an answer: the first alarm after the last word of staff, or when she took the case.
_HOLDER = f"""
select s.given_name || ' ' || s.surname as name, owed.at is not null as owes, greatest(v.claimed_at, owed.at) as since,
  exists (select 1 from sessions t where t.kind = 'staff' and t.person_id = v.holder_id and t.unit_id = v.unit_id
    and t.ended_at is null and t.locked_at is null and t.expires_at > $2 and t.seen_at >= $3) as here
from cases c join visits v on v.id = c.visit_id join staff s on s.id = v.holder_id cross join lateral (
  select min(e.at) as at from events e where e.case_id = c.id and {_HEARD} and e.at > coalesce(
      (select max(m.sent_at) from messages m where m.case_id = c.id and m.by_kind = 'staff'), '-infinity')) owed
where c.id = $1
"""

#: It stays in progress; a promise to wait was the former holder's, as when a case goes to its queue.
_TAKE = """
update visits set holder_id = $2, claimed_at = now(), for_staff_id = null, kind = begun_as,
  until_on = case when begun_as = 'async' then until_on end
where id = $1 and state = 'in_progress' and holder_id = $3 returning id
"""


class Telling(msgspec.Struct, frozen=True):
    """What the former holder reads in an internal note: `not_there` or `unanswered`, by why it was taken over."""

    not_there: str
    unanswered: str


async def is_urgent_by_alarm(db: Connection, case: Case) -> bool:
    """Whether a held case is of level 1 or 2 and an alarm was heard in it: what can be taken over at all."""
    if case.state != "in_progress" or (case.priority or 9) > URGENT:
        return False
    return bool(await db.fetchval(_RAISED, case.id))


async def take_over(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, idle_s: int, telling: Telling | None = None
) -> None:
    """Make `by` the holder of an urgent case whose holder is not there; of two who try, one wins. The former holder is
    told in an internal note (`telling`) if she still works at the unit. Taking over one's own is done already.

    Raises Refused('not_urgent'), Refused('holder_is_here') with her `name` and `at` (UTC), after which she has had her
    time, None where she owes no answer; and as open_case.
    """
    case = await open_case(db, by, case_id, "take_over")
    if case.holder_id is None or case.holder_id == by.person_id:
        return
    if not await is_urgent_by_alarm(db, case):
        raise Refused("not_urgent", verb="take_over")
    now = clock.now()
    holder = await db.fetchrow(_HOLDER, case_id, now, clock.before(now, idle_s))
    if holder is None:
        raise LookupError("a holder who is nobody")
    until: datetime = holder["since"] + ANSWERS_WITHIN
    if holder["here"] and (not holder["owes"] or until > now):
        raise Refused("holder_is_here", name=holder["name"], at=until if holder["owes"] else None)
    why = "unanswered" if holder["here"] else "not_there"
    if await db.fetchval(_TAKE, case.visit_id, by.person_id, case.holder_id) is None:
        raise Refused("holder_is_here", name=holder["name"], at=None)
    await record(
        db, case_id, "taken_over", by.kind, by.person_id, {"staff": str(case.holder_id), "reason": why}
    )  # fmt: skip
    roles = [
        one.role for one in await list_colleagues(db, case.unit_id)
        if (one.unit_id, one.staff_id) == (case.unit_id, case.holder_id)
    ] if case.unit_id else []  # fmt: skip
    if roles and telling is not None:
        text = telling.unanswered if holder["here"] else telling.not_there
        await write_note(db, sealer, by, case_id, new_id(), text, [Addressee(roles[0], case.holder_id)])
