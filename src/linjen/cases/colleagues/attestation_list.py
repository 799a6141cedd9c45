"""Vidimeringar att läsa: those of one case with all that was written, and one's own work at the unit as a list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.colleagues.attestation import unseal
from linjen.core.database import Connection
from linjen.core.sealing import Sealer


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """It was sent on; `by_name` is '' when the program did it, `to_name` when it went to a whole role.

    `with_case_to` is the unit to which the case had been handed over since it was last addressed, '' when it stayed;
    `was_named` says that a colleague had been asked by name, and not a role.
    """

    by_name: str
    with_case_to: str
    was_named: bool
    to_role: str
    to_name: str
    reason: str
    at: datetime


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """One attestation as staff read it on the case. Times are UTC; `asked`, `asker` and `movable` say what the reader
    may do with it, as access/policy.py has it.
    """

    id: UUID
    by_name: str
    to_role: str
    to_name: str
    purpose: str
    due_on: date | None
    state: str
    at: datetime
    note: str
    seen_name: str
    seen_at: datetime | None
    attested_name: str
    ended_at: datetime | None
    comment: str
    asked: bool
    asker: bool
    movable: bool
    moves: list[Move]


class AttestationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the work list: the case in short, and what is asked in it of whom. `protected` is as the resident's row
    has it; `is_overdue` that its day has passed, `is_later` that the follow-up's day is yet to come.
    """

    id: UUID
    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    name: str
    protected: str
    by_name: str
    to_role: str
    to_name: str
    purpose: str
    due_on: date | None
    state: str
    at: datetime
    attested_name: str
    ended_at: datetime | None
    is_overdue: bool
    is_later: bool


_NAMES = """b.given_name || ' ' || b.surname as by_name, coalesce(o.given_name || ' ' || o.surname, '') as to_name,
  coalesce(d.given_name || ' ' || d.surname, '') as attested_name"""
_JOINS = """from attestations t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id
join staff b on b.id = t.by_id left join staff o on o.id = t.to_staff_id left join staff d on d.id = t.attested_by"""

_OF_CASE = f"""
select t.id, {_NAMES}, t.to_role, t.purpose, t.due_on, t.state, t.at, t.seen_at, t.ended_at, t.note_sealed,
  t.comment_sealed, coalesce(w.given_name || ' ' || w.surname, '') as seen_name,
  {policy.IS_ASKED.format(person="$2")} as asked, {policy.IS_ASKER.format(person="$2")} as asker,
  {policy.IS_MOVABLE.format(person="$2")} as movable
{_JOINS} left join staff w on w.id = t.seen_by where t.case_id = $1
order by t.state in ('attested', 'withdrawn'), t.seq desc
"""

_MOVES = """
with moves as (
  select m.*, t.case_id, coalesce(lag(m.at) over w, t.at) as since,
    case when lag(m.id) over w is null then e.data ? 'staff' else lag(m.to_staff_id) over w is not null end as was_named
  from attestation_moves m join attestations t on t.id = m.attestation_id
  join events e on e.case_id = t.case_id and e.seq = t.seq
  where t.case_id = $1 window w as (partition by m.attestation_id order by m.at, m.id))
select m.id, m.attestation_id, m.to_role, m.at, m.reason_sealed, m.was_named,
  coalesce(b.given_name || ' ' || b.surname, '') as by_name,
  coalesce(o.given_name || ' ' || o.surname, '') as to_name,
  coalesce((select u.name from handovers h join units u on u.id = h.to_unit_id where h.case_id = m.case_id
    and h.from_unit_id <> h.to_unit_id and h.at > m.since and h.at <= m.at order by h.seq desc limit 1), '')
    as with_case_to
from moves m left join staff b on b.id = m.by_id left join staff o on o.id = m.to_staff_id order by m.at, m.id
"""


async def list_attestations(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> list[Attestation]:
    """The case's attestations, the open ones first. Only for staff who have seen the case by see_case."""
    rows = await db.fetch(_OF_CASE, case_id, by.person_id)
    if not rows:
        return []
    moves: dict[UUID, list[Move]] = defaultdict(list)
    for row in await db.fetch(_MOVES, case_id):
        values = dict(row)
        reason = unseal(sealer, "attestation_move", values.pop("reason_sealed"), case_id, values.pop("id"))
        moves[values.pop("attestation_id")].append(Move(reason=reason, **values))
    return [_read(sealer, case_id, dict(row), moves[row["id"]]) for row in rows]


def _read(sealer: Sealer, case_id: UUID, values: dict[str, Any], moves: list[Move]) -> Attestation:
    note = unseal(sealer, "attestation", values.pop("note_sealed"), case_id, values["id"])
    comment = unseal(sealer, "attestation_comment", values.pop("comment_sealed"), case_id, values["id"])
    return Attestation(note=note, comment=comment, moves=moves, **values)


_IS_LATER = "(t.state = 'follow_up' and t.due_on > $3::date)"
_REACH = policy.asked()
_TO_ME = f"{policy.IS_ASKED.format(person='$1')} and {_REACH}"
#: What I have asked: all that is open, and for a fortnight what became of the rest.
_BY_ME = f"""t.by_id = $1 and {_REACH}
  and (t.ended_at is null or t.ended_at > now() - interval '14 days')"""

#: How many wait for her or her roles today: a follow-up of a later day is not counted.
WAITING: Final = f"""
select count(*) from attestations t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id
where {_TO_ME} and not {_IS_LATER}
"""

_ROWS = f"""
select t.id, t.case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on, {_NAMES}, t.to_role, t.purpose,
  p.given_name || ' ' || p.surname as name, p.protected, t.due_on, t.state, t.at, t.ended_at,
  (t.ended_at is null and t.due_on < $3::date) is true as is_overdue, {_IS_LATER} is true as is_later
{_JOINS} join residents p on p.id = c.patient_id
"""
#: By day, so that what is overdue stands first of itself.
_TO_ME_ROWS = f"{_ROWS} where {_TO_ME} order by is_later, t.due_on nulls last, t.at limit 200"
_BY_ME_ROWS = f"{_ROWS} where {_BY_ME} order by t.ended_at is not null, is_overdue desc, t.at desc limit 200"


async def list_asked_of_me(db: Connection, by: By) -> list[AttestationRow]:
    """What waits for this person and her roles at the unit: overdue first, follow-ups of a later day last; logged."""
    return await _list(db, by, _TO_ME_ROWS)


async def list_asked_by_me(db: Connection, by: By) -> list[AttestationRow]:
    """What this person has asked at the unit, the open ones first; logged as one row."""
    return await _list(db, by, _BY_ME_ROWS)


_WENT_ALONG = """
select count(*) from attestations t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id
where t.by_id = $1 and v.unit_id <> $2 and exists (
  select 1 from handovers h where h.case_id = t.case_id and h.from_unit_id = $2 and h.to_unit_id <> $2
    and h.at > t.at and h.at > now() - interval '14 days' and (t.ended_at is null or t.ended_at > h.at))
"""


async def count_gone_along(db: Connection, by: By) -> int:
    """How many open ones of hers left this unit with their cases in the last fortnight, and are not here now.

    Only what stood open when it left is looked at: what became of it is the other unit's to tell.
    """
    return int(await db.fetchval(_WENT_ALONG, by.person_id, by.unit_id))


async def _list(db: Connection, by: By, sql: str) -> list[AttestationRow]:
    rows = await db.fetch(sql, *by.asking())
    await log_access(db, by, "attestations", None, [row["case_id"] for row in rows])
    return [AttestationRow(**dict(row)) for row in rows]
