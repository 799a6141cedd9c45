"""Bjud in: a colleague takes part in a case while its holder keeps it (routine F175; time to think, H20).

It opens no case: who is invited reaches it by her own role at its unit. It puts the case before her, among those to
which she is invited, and lets her and the holder read at once what the other writes in the internal notes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.by import By
from linjen.cases.colleagues.attestation import Addressee, check_addressee
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes part; `is_me` and `may_end` say what the reader may do. `at` is UTC."""

    id: UUID
    name: str
    title: str
    by_name: str
    at: datetime
    is_me: bool
    may_end: bool


async def invite(db: Connection, by: By, case_id: UUID, invitation_id: UUID, whom: Addressee) -> None:
    """Invite one colleague. `invitation_id` is made by the form: the same form once more does nothing.

    Raises Invalid with field "invite" (as check_addressee; 'choose' for a role without a person, 'holds_it',
    'invited_already'), Reused, and as open_case.
    """
    case = await open_case(db, by, case_id, "invite")
    known = await db.fetchrow("select case_id, by_id, staff_id from invitations where id = $1", invitation_id)
    if known is not None:
        ours = tuple(known)[:2] == (case_id, by.person_id)
        must_repeat("invite", ours=ours, same=known["staff_id"] == whom.staff_id)
        return
    if whom.staff_id is None:
        raise Invalid("choose", "invite")
    await check_addressee(db, case, whom, by.person_id, field="invite")
    if whom.staff_id == case.holder_id:
        raise Invalid("holds_it", "invite")
    there = "select true from invitations where case_id = $1 and staff_id = $2 and ended_at is null"
    if await db.fetchval(there, case_id, whom.staff_id):
        raise Invalid("invited_already", "invite")
    data = {"invitation": str(invitation_id), "role": whom.role}
    event = await record(db, case_id, "invited", by.kind, by.person_id, data)
    await db.execute(
        "insert into invitations (id, case_id, seq, by_id, staff_id) values ($1, $2, $3, $4, $5)",
        invitation_id, case_id, event.seq, by.person_id, whom.staff_id,
    )  # fmt: skip


async def leave_case(db: Connection, by: By, case_id: UUID) -> None:
    """Lämna ärendet: who is invited has done her part. The same once more changes nothing; raises as open_case."""
    try:
        await open_case(db, by, case_id, "leave_case")
    except Refused:
        left = "select true from invitations where case_id = $1 and staff_id = $2 and ended_by = $2"
        if await db.fetchval(left, case_id, by.person_id):
            return
        raise
    await db.execute(
        "update invitations set ended_at = now(), ended_by = $2 where case_id = $1 and staff_id = $2"
        " and ended_at is null",
        case_id, by.person_id,
    )  # fmt: skip
    await record(db, case_id, "left_case", by.kind, by.person_id)


_IS_HOST = policy.IS_HOST.format(person="$2")


async def end_invitation(db: Connection, by: By, case_id: UUID, invitation_id: UUID) -> None:
    """Avsluta inbjudan: by who invited, or who holds the case. The same once more changes nothing.

    Raises NotFound when the case has no such invitation, and as open_case.
    """
    refused: Refused | None = None
    try:
        await open_case(db, by, case_id, "end_invitation")
    except Refused as error:  # there may be nothing left to do, because it is done
        refused = error
    row = await db.fetchrow(
        "select ended_at, ended_by from invitations where id = $1 and case_id = $2", invitation_id, case_id
    )
    if row is None:
        raise NotFound("invitation")
    if row["ended_at"] is not None and (refused is None or row["ended_by"] == by.person_id):
        return
    if refused is not None:
        raise refused
    done = await db.fetchval(
        "update invitations i set ended_at = now(), ended_by = $2 from cases c join visits v on v.id = c.visit_id"
        f" where c.id = i.case_id and i.case_id = $1 and i.id = $3 and {_IS_HOST} returning i.id",
        case_id, by.person_id, invitation_id,
    )  # fmt: skip
    if done is None:
        raise Refused("not_yours", verb="end_invitation")
    await record(db, case_id, "uninvited", by.kind, by.person_id, {"invitation": str(invitation_id)})


async def list_invited(db: Connection, by: By, case_id: UUID) -> list[Invitation]:
    """Who takes part now; not who holds the case herself meanwhile, nor who has left the unit. After see_case."""
    rows = await db.fetch(
        "select i.id, s.given_name || ' ' || s.surname as name, s.title, i.at, i.staff_id = $2 as is_me,"
        f" b.given_name || ' ' || b.surname as by_name, ({_IS_HOST}) is true as may_end from invitations i"
        " join cases c on c.id = i.case_id join visits v on v.id = c.visit_id join staff s on s.id = i.staff_id"
        " join staff b on b.id = i.by_id where i.case_id = $1 and i.ended_at is null and s.active"
        " and i.staff_id is distinct from v.holder_id and exists (select 1 from assignments a"
        "   where a.staff_id = i.staff_id and a.unit_id = v.unit_id and a.from_at <= now()"
        "   and (a.ended_at is null or a.ended_at > now())) order by i.at",
        case_id, by.person_id,
    )  # fmt: skip
    return [Invitation(**dict(row)) for row in rows]


#: To how many open cases at the unit she is invited, as far as she may see them.
WAITING: Final = f"""
select count(*) from invitations i join cases c on c.id = i.case_id join visits v on v.id = c.visit_id
where i.staff_id = $1 and i.ended_at is null and v.state in ('queued', 'in_progress')
  and v.holder_id is distinct from $1 and {policy.asked()}
"""
