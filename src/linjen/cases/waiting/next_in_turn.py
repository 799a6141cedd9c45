"""Nästa: the one who stands first in one's queue, taken in one statement; two who ask at once get one each."""

from __future__ import annotations

from uuid import UUID

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.talk.at_once import HELD, lock_desk
from linjen.cases.waiting.ledger import VIEWS
from linjen.cases.waiting.turn import DEADLINES_SQL, place_sql
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record

_MAY = policy.asked("claim")

_ORDER = place_sql(
    level="v.priority", since="v.queued_at", minutes="coalesce(own.minutes, usual.minutes)", at="$4::timestamptz"
)

#: A row that somebody else is taking is passed over, not waited for: the next one is this person's. The case's row is
#: locked as by every other verb, so that none of them meets the change halfway.
_TAKE = f"""
update visits set state = 'in_progress', holder_id = $1, claimed_at = now(), for_staff_id = null, claim_id = $6
where state = 'queued' and holder_id is null and ({HELD}) < $5 and id = (
  select v.id from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
  join {DEADLINES_SQL} as usual (level, minutes) on usual.level = v.priority
  left join unit_deadlines own on own.unit_id = v.unit_id and own.level = v.priority
  where v.unit_id = $2 and v.state = 'queued' and {_MAY} and {VIEWS["role"]}
    and (v.for_staff_id is null or v.for_staff_id = $1)
  order by {_ORDER}, v.id limit 1 for update of c, v skip locked)
returning case_id
"""


async def take_next(db: Connection, by: By, claim_id: UUID) -> UUID:
    """Make `by` the holder of the first case of her queue; its id. What was handed to another person is left to her.

    `claim_id` is made by the form: the same form once more is answered with the same case while she holds it. Raises
    Refused('at_cap') with `most` when she has as many chats as she is to have, and Refused('nobody_waits').
    """
    at = clock.now()
    desk = await lock_desk(db, by)
    taken = await db.fetchval(
        "select case_id from visits where holder_id = $1 and state = 'in_progress' and claim_id = $2",
        by.person_id, claim_id,
    )  # fmt: skip
    if taken is not None:
        return UUID(str(taken))
    case_id = await db.fetchval(_TAKE, by.person_id, by.unit_id, clock.local_date(at), at, desk.most, claim_id)
    if case_id is not None:
        await log_access(db, by, "claim", case_id)
        await record(db, case_id, "claimed", by.kind, by.person_id)
        return UUID(str(case_id))
    if desk.is_full:
        raise Refused("at_cap", most=desk.most)
    raise Refused("nobody_waits")
