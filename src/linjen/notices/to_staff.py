"""Sms till personal: at the moment of sending, to which number, or why nobody needs to be told any more."""

from __future__ import annotations

from typing import Final

from linjen.access import policy
from linjen.cases.waiting.unmet import STANDING_SQL
from linjen.core.database import Database
from linjen.notices.outbox import Due, Outcome
from linjen.notices.requests import STILL_ASKED

_IN_ROLE = policy.clause("see", "staff", person="s.id", unit="v.unit_id", today="current_date")

_IS_MANAGER = """exists (
  select 1 from assignments m where m.staff_id = s.id and m.unit_id = v.unit_id and m.role = 'unit_manager'
    and m.from_at <= now() and (m.ended_at is null or m.ended_at > now()))"""

#: kind -> whether it is needed still, of a case `c` with its visit `v` and a staff member `s`. What a person has chosen
#: for new cases holds for the alarms of her role, too; the head of a unit is told because she is that.
_NEEDED: Final = {
    "staff_new_case": "v.state = 'queued' and s.sms_new_cases <> 'no'",
    "staff_request": f"s.sms_requests <> 'no' and {STILL_ASKED}",
    "staff_level_one": f"({STANDING_SQL}) >= 1 and s.sms_new_cases <> 'no' and {_IN_ROLE}",
    "manager_level_one": f"({STANDING_SQL}) = 2 and {_IS_MANAGER}",
}

_PHONES = {
    kind: f"select coalesce(s.phone, '') as phone, s.active and ({needed}) as needed"
    " from cases c join visits v on v.id = c.visit_id join staff s on s.id = $2 where c.id = $1"
    for kind, needed in _NEEDED.items()
}


_PHONES["manager_load"] = f"""
select coalesce(s.phone, '') as phone, s.active and v.ended_at is null and {_IS_MANAGER} as needed
from load_alarms v join staff s on s.id = $2 where v.id = $1
"""


async def find_staff_phone(database: Database, due: Due) -> str | Outcome:
    """The number to send to ('' for none), or that it is not needed any more."""
    row = await database.fetch_row(_PHONES[due.kind], due.case_id, due.to_id)
    if row is None:
        return Outcome("dropped", "gone")
    return row["phone"] if row["needed"] else Outcome("dropped", "read")
