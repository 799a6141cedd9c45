"""Tidslinje: what has happened to a case, from its events."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from linjen.core.database import Connection

#: What is told to staff alone, live or afterwards: a resident's open page does not learn that it happened.
AMONG_STAFF = frozenset({
    "reprioritised", "level_judged", "note_written", "reminded", "sms_told", "sms_settled", "fell_silent", "kept",
    "went_unmet", "requeued",
    "invited", "left_case", "uninvited", "invitation_lapsed", "note_returned",
    "attestation_requested", "attestation_seen", "attested", "attestation_kept", "attestation_forwarded",
    "attestation_withdrawn", "attestation_returned",
    "ticket_settled",
    "documented", "picture_marked", "picture_unmarked", "record_system_opened",
    "protection_set", "contact_changed", "interpreter_set",
})  # fmt: skip


class Happening(msgspec.Struct, frozen=True):
    """One event with the name of who did it ('' for the system). Its sentence stands under events.<kind>; `unit` is the
    name of the unit that its data speak of, `to_name` that of a colleague who was asked by name; '' for none.
    """

    seq: int
    kind: str
    by_kind: str
    by_name: str
    at: datetime
    data: dict[str, Any]
    unit: str = ""
    to_name: str = ""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """The latest event that gave a case another holder, queue or state; `seq` 0 when there was none.

    `to_name` and `to_role` say to whom it was handed over, `to_unit` at which unit; '' where it was not.
    """

    seq: int = 0
    kind: str = ""
    by_id: UUID | None = None
    by_name: str = ""
    at: datetime | None = None
    to_role: str = ""
    to_name: str = ""
    to_unit: str = ""


_LAST_MOVE = """
select e.seq, e.kind, e.by_id, e.at, coalesce(s.given_name || ' ' || s.surname, '') as by_name,
  coalesce(h.to_role, '') as to_role, coalesce(u.name, '') as to_unit,
  coalesce(t.given_name || ' ' || t.surname, '') as to_name
from events e left join staff s on e.by_kind = 'staff' and s.id = e.by_id
left join handovers h on h.case_id = e.case_id and h.seq = e.seq
left join units u on u.id = h.to_unit_id left join staff t on t.id = h.to_staff_id
where e.case_id = $1 and e.kind in
  ('claimed', 'taken_over', 'released', 'handed_over', 'returned', 'closed', 'withdrawn', 'reopened', 'visit_booked')
order by e.seq desc limit 1
"""


async def find_last_move(db: Connection, case_id: UUID) -> Move:
    """Who moved the case last, how and when. The caller has seen or opened the case.

    Its `seq` is how the case stood: a form that brings it back was drawn before whatever moved the case since.
    """
    row = await db.fetchrow(_LAST_MOVE, case_id)
    return Move(**dict(row)) if row else Move()


async def list_happenings(db: Connection, case_id: UUID, masked_as: str = "") -> list[Happening]:
    """The case's events in order, messages left out. The caller has seen the case.

    What the patient blocked at a unit that has handed the case on since is not told either: who has it now learns
    neither of which unit it was nor when.

    `masked_as` is read in place of a protected guardian's name; '' where no name is shown.
    """
    rows = await db.fetch(
        "select e.seq, e.kind, e.by_kind, e.at, e.data, coalesce(u.name, '') as unit,"
        " coalesce(t.given_name || ' ' || t.surname, '') as to_name,"
        " case when $2 <> '' and r.protected = 'yes' and r.id is distinct from c.patient_id then $2"
        " else coalesce(s.given_name || ' ' || s.surname, r.given_name || ' ' || r.surname, '') end as by_name"
        " from events e join cases c on c.id = e.case_id"
        " left join staff s on e.by_kind = 'staff' and s.id = e.by_id"
        " left join units u on (starts_with(e.kind, 'ticket_') or e.kind = 'handed_over')"
        " and u.id = (e.data ->> 'unit')::uuid"
        " left join staff t on (starts_with(e.kind, 'attestation_') or e.kind = 'taken_over')"
        " and t.id = (e.data ->> 'staff')::uuid"
        " left join residents r on e.by_kind = 'resident' and r.id = e.by_id"
        " where e.case_id = $1 and e.kind <> 'message_sent' and not (e.kind in ('block_set', 'block_lifted') and exists"
        " (select 1 from handovers h where h.case_id = e.case_id and h.seq > e.seq and h.from_unit_id <> h.to_unit_id))"
        " order by e.seq",
        case_id, masked_as,
    )  # fmt: skip
    return [
        Happening(r["seq"], r["kind"], r["by_kind"], r["by_name"], r["at"], r["data"], r["unit"], r["to_name"])
        for r in rows
    ]
