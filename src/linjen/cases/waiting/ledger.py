"""Patientliggaren: a unit's waiting and held cases in priority order, as one list with several views."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access, log_shown
from linjen.access.by import By
from linjen.cases.talk.call_back import WANTED_SQL
from linjen.cases.waiting.queues import queues_sql
from linjen.cases.waiting.turn import DEADLINES_SQL, Place, place, place_sql
from linjen.cases.waiting.unmet import STANDING_SQL
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.people.staff import list_workplaces
from linjen.people.workplaces import care_workplaces


class LedgerRow(msgspec.Struct, frozen=True):
    """One row of the ledger. `waiting_since` is when it entered the queue (UTC), `protocol` the stamp of its triage,
    `deadline` the minutes within which a case of its level should be met at this unit. It waits for `for_role`, and
    where it was handed to one person for her (`for_name`). It is `turn`'s to speak ('staff' or 'resident') since
    `turn_at`.
    """

    case_id: UUID
    visit_id: UUID
    entry: str
    state: str
    priority: int
    reason: str
    protocol: str
    birth_on: date
    waiting_since: datetime
    unread: int
    pictures: int
    holder_id: UUID | None
    holder_name: str | None
    deadline: int
    for_role: str
    for_name: str | None
    turn: str
    turn_at: datetime
    #: Of level 1: how far the alarm has gone that nobody has opened it (cases/waiting/unmet.py), None for not at all.
    unmet: int | None = None
    #: Whether the patient waits to be called (cases/talk/call_back.py).
    call: bool = False
    #: Whether the talk goes on another day with the same holder (cases/moves/asynchronous.py).
    later: bool = False

    @property
    def has_deadline(self) -> bool:
        """Whether its deadline still means something: it waits, or nobody has answered her since it entered the queue.

        That is told by the turn, which passes with the first answer: to ask the messages would be asked for each row.
        """
        return self.state == "queued" or (self.turn == "staff" and self.turn_at <= self.waiting_since)

    def place(self, at: datetime) -> Place:
        """Where it stands among those that wait, at an instant: a smaller place is offered first."""
        return place(self.priority, (at - self.waiting_since).total_seconds(), self.deadline)


#: The most rows one view draws; beyond it the page says how many more wait.
MOST = 500

_COLUMNS = f"""c.id as case_id, v.id as visit_id, c.entry, v.state, v.priority, c.reason, c.protocol,
  c.patient_birth_on as birth_on, v.queued_at as waiting_since, c.staff_unread as unread, c.pictures, v.holder_id,
  h.given_name || ' ' || h.surname as holder_name, {{deadline}} as deadline,
  v.for_role, f.given_name || ' ' || f.surname as for_name, c.turn, c.turn_at, {STANDING_SQL} as unmet,
  {WANTED_SQL} as call, v.kind = 'async' as later"""

_FROM = """visits v join cases c on c.id = v.case_id and c.visit_id = v.id left join staff h on h.id = v.holder_id
left join staff f on f.id = v.for_staff_id"""

#: What a row holds, of `ROWS_FROM`: in SQL the fields of LedgerRow, in their order.
ROW_COLUMNS = _COLUMNS.format(deadline="coalesce(own.minutes, usual.minutes)")

ROWS_FROM = f"""{_FROM}
join {DEADLINES_SQL} as usual (level, minutes) on usual.level = v.priority
left join unit_deadlines own on own.unit_id = v.unit_id and own.level = v.priority"""


_OWN_QUEUE = f"v.for_role in ({queues_sql(person='{person}', unit='{unit}')})"

#: A booked visit is not there before its time, unless the patient has written meanwhile: then somebody must read it.
_DUE = "(v.state = 'in_progress' or v.queued_at <= now() or c.staff_unread > 0)"

#: Which of the rows within reach each view of the list shows. "role" is where everybody begins (routine F059–F065);
#: "answer" is what waits for the patient; "handed" what somebody has passed on to me or my role, and nobody has taken.
#: "invited" holds those in which I take part while somebody else keeps them.
_VIEWS = {
    "role": f"((v.holder_id = {{person}} or v.for_staff_id = {{person}} or {_OWN_QUEUE}) and {_DUE})",
    "unit": _DUE,
    "mine": "v.holder_id = {person}",
    "answer": f"(v.state = 'in_progress' and c.turn = 'resident' and (v.holder_id = {{person}} or {_OWN_QUEUE}))",
    "invited": """(v.holder_id is distinct from {person} and exists (
      select 1 from invitations i where i.case_id = c.id and i.staff_id = {person} and i.ended_at is null))""",
    "handed": f"""(v.state = 'queued' and v.booked_on is null and (v.for_staff_id = {{person}}
      or (v.for_staff_id is null and {_OWN_QUEUE}
      and exists (select 1 from handovers o
                  where o.case_id = c.id and o.to_unit_id = {{unit}} and o.to_role = v.for_role))))""",
}


def view_sql(view: str, *, person: str = "$1", unit: str = "$2") -> str:
    """Whether a row (`c`, `v`) stands in a view of somebody's ledger; two SQL expressions."""
    return _VIEWS[view].format(person=person, unit=unit)


VIEWS = {view: view_sql(view) for view in _VIEWS}


#: How many of the unit's cases somebody holds: the rows of her own list.
MINE: Final = f"""
select count(*) from visits v join cases c on c.id = v.case_id and c.visit_id = v.id
where v.unit_id = $2 and v.holder_id = $1 and v.state in ('queued', 'in_progress') and {policy.asked()}
"""


def _reach() -> str:
    return policy.asked()


# All rows are of one unit, so its deadlines are read once, as a list by level, and not beside each row.
_LIMITS = f"""select array_agg(coalesce(own.minutes, usual.minutes) order by usual.level) as minutes
  from {DEADLINES_SQL} as usual (level, minutes)
  left join unit_deadlines own on own.unit_id = $2 and own.level = usual.level"""
_MINUTES = "l.minutes[v.priority]"
_PLACE = place_sql(level="v.priority", since="v.queued_at", minutes=_MINUTES, at="$5::timestamptz")

_LEDGER = {
    view: f"""
with limits as materialized ({_LIMITS}), shown as (
  select {_COLUMNS.format(deadline=_MINUTES)}, row_number() over (order by {_PLACE}, v.id) as n
  from limits l cross join {_FROM}
  where v.unit_id = $2 and v.state in ('queued', 'in_progress') and {_reach()} and {in_view} order by n limit {MOST}
), logged as ({log_shown("ledger", "select case_id from shown", person="$1", unit="$2", session="$4")})
select {", ".join(LedgerRow.__struct_fields__)} from shown order by n
"""
    for view, in_view in VIEWS.items()
}


async def see_ledger(db: Connection, by: By, view: str = "unit") -> list[LedgerRow]:
    """The unit's open cases that this person may see and that the view shows, in the order of `cases/waiting/turn.py`
    (routine F009).

    Writes one row in the access log that holds the ids shown, in the same statement: it needs no transaction around
    it, and shows nothing that is not logged. Raises NotFound for who has no ledger at this unit.
    """
    at = clock.now()
    rows = await db.fetch(_LEDGER[view], by.person_id, by.unit_id, clock.local_date(at), by.session_id, at)
    if not rows:
        if not await has_ledger(db, by):
            raise NotFound("ledger")
        await log_access(db, by, "ledger")
    return [LedgerRow(*row) for row in rows]


async def has_ledger(db: Connection, by: By) -> bool:
    """Whether this person works with cases at the unit now: a living assignment with a role in care."""
    places = care_workplaces(await list_workplaces(db, by.person_id))
    return any(place.unit_id == by.unit_id for place in places)


async def was_used(db: Connection, unit_id: UUID) -> bool:
    """Whether anybody has ever written to the unit."""
    return bool(await db.fetchval("select exists (select 1 from visits where unit_id = $1)", unit_id))
