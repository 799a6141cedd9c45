"""Omnämnd: a colleague named in an internal note has it before her as work until she has opened the case (H17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.colleagues.attestation import Addressee, check_addressee
from linjen.cases.loading import Case
from linjen.core.database import Connection


class MentionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list: the case in short, and who wrote. `protected` is as the resident's row has it; `gone` is the
    colleague who is not there any more to read what was `mine` or another's, '' for none.
    """

    note_id: UUID
    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    name: str
    protected: str
    by_name: str
    mine: bool
    gone: str
    at: datetime


async def check_mentioned(db: Connection, case: Case, named: Sequence[Addressee], by_id: UUID) -> list[UUID]:
    """Those who are named, once each; Invalid with field "mention" as check_addressee for who has no reach."""
    for one in named:
        await check_addressee(db, case, one, by_id, field="mention")
    return list(dict.fromkeys(one.staff_id for one in named if one.staff_id is not None))


#: While somebody is invited the case is a talk: whoever holds it and those invited are told of what the others write.
_TALKING = """
select distinct p.id from cases c join visits v on v.id = c.visit_id
join invitations i on i.case_id = c.id and i.ended_at is null
cross join lateral (values (i.staff_id), (v.holder_id)) as p (id)
where c.id = $1 and p.id is not null and p.id <> $2
"""


async def keep_mentions(db: Connection, case_id: UUID, note_id: UUID, by_id: UUID, named: Sequence[UUID]) -> None:
    """Put a note before those who are named in it, and before those who take part in the case's talk."""
    talking = [row["id"] for row in await db.fetch(_TALKING, case_id, by_id)]
    await db.execute(
        "insert into note_mentions (note_id, staff_id) select $1, unnest($2::uuid[])",
        note_id, list(dict.fromkeys([*named, *talking])),
    )  # fmt: skip


async def mark_mentions_read(db: Connection, by: By, case_id: UUID) -> None:
    """Opening the case is reading the notes in it. Only after see_case by the same person."""
    await db.execute(
        "update note_mentions m set read_at = now() from notes n where n.id = m.note_id and n.case_id = $1"
        " and m.staff_id = $2 and m.read_at is null and m.gone_at is null",
        case_id, by.person_id,
    )  # fmt: skip


_UNREAD = f"""
from note_mentions m join notes n on n.id = m.note_id join cases c on c.id = n.case_id
join visits v on v.id = c.visit_id where m.staff_id = $1 and m.read_at is null and m.gone_at is null
  and {policy.asked()}
"""

#: How many cases at the unit have a note for her that she has not read.
WAITING: Final = f"select count(distinct c.id) {_UNREAD}"


async def list_mentions(db: Connection, by: By) -> list[MentionRow]:
    """The cases in which this person has unread notes, the latest note of each, the oldest case first; logged."""
    rows = await db.fetch(
        "select u.note_id, u.case_id, u.at, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on,"
        " p.given_name || ' ' || p.surname as name, p.protected, s.given_name || ' ' || s.surname as by_name,"
        " s.id = $1 as mine, coalesce(g.given_name || ' ' || g.surname, '') as gone"
        f" from (select distinct on (c.id) n.id as note_id, c.id as case_id, n.by_id, n.at, m.instead_of {_UNREAD}"
        " order by c.id, n.seq desc) u join cases c on c.id = u.case_id join residents p on p.id = c.patient_id"
        " join staff s on s.id = u.by_id left join staff g on g.id = u.instead_of order by u.at limit 200",
        *by.asking(),
    )  # fmt: skip
    await log_access(db, by, "mentions", None, [row["case_id"] for row in rows])
    return [MentionRow(**dict(row)) for row in rows]
