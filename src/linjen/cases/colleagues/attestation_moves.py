"""Vidimering skickas vidare: to another colleague or role with a reason, and by itself when nobody is there now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linjen.access.by import By
from linjen.access.policy import ATTESTATION_WAITS
from linjen.cases.colleagues.attestation import (
    LONGEST,
    Addressee,
    check_addressee,
    open_attestation,
    seal,
    to_data,
    unseal,
)
from linjen.cases.talk.message import check_text
from linjen.core.batches import in_batches
from linjen.core.database import Connection, Database, Row
from linjen.core.errors import Invalid, Refused, must_repeat
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.people.workplaces import CARE_ROLES


async def forward_attestation(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, attestation_id: UUID, move_id: UUID, to: Addressee,
    reason: str,
) -> None:  # fmt: skip
    """Skicka vidare: somebody else is asked instead, and begins anew. `move_id` is made by the form.

    Raises Invalid with field "reason" (or Reused) or "to" (as check_addressee; 'same_place' for who is asked
    already), and as open_attestation.
    """
    clean = check_text(reason, "reason", LONGEST)
    try:
        case = await open_attestation(db, by, case_id, attestation_id, "forward_attestation")
    except Refused:  # it may have left this person's hands by this very form
        if await _is_done(db, sealer, by, case_id, attestation_id, move_id, to, clean):
            return
        raise
    if case is None or await _is_done(db, sealer, by, case_id, attestation_id, move_id, to, clean):
        return
    before = await db.fetchrow("select to_role, to_staff_id, by_id from attestations where id = $1", attestation_id)
    if before is None or tuple(before)[:2] == (to.role, to.staff_id):
        raise Invalid("same_place", "to")
    await check_addressee(db, case, to, before["by_id"])
    sealed = seal(sealer, "attestation_move", clean, case_id, move_id)
    await _move(db, attestation_id, move_id, by.person_id, to, sealed)  # the case is locked: it is open still
    data = {"attestation": str(attestation_id), **to_data(to)}
    await record(db, case_id, "attestation_forwarded", by.kind, by.person_id, data)


async def _is_done(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, attestation_id: UUID, move_id: UUID, to: Addressee,
    reason: str,
) -> bool:  # fmt: skip
    known = await db.fetchrow(
        "select attestation_id, by_id, to_role, to_staff_id, reason_sealed from attestation_moves where id = $1",
        move_id,
    )
    if known is None:
        return False
    ours = tuple(known)[:2] == (attestation_id, by.person_id)
    same = ours and unseal(sealer, "attestation_move", known["reason_sealed"], case_id, move_id) == reason
    must_repeat("reason", ours=ours, same=same and tuple(known)[2:4] == (to.role, to.staff_id))
    return True


async def _move(
    db: Connection, attestation_id: UUID, move_id: UUID, by_id: UUID | None, to: Addressee, sealed: bytes | None
) -> bool:
    """False when it has ended meanwhile."""
    moved = await db.fetchval(
        "update attestations t set to_role = $2, to_staff_id = $3, state = 'requested', seen_by = null, seen_at = null"
        f" where t.id = $1 and {ATTESTATION_WAITS} returning true",
        attestation_id, to.role, to.staff_id,
    )  # fmt: skip
    if not moved:
        return False
    await db.execute(
        "insert into attestation_moves (id, attestation_id, by_id, to_role, to_staff_id, reason_sealed)"
        " values ($1, $2, $3, $4, $5, $6)",
        move_id, attestation_id, by_id, to.role, to.staff_id, sealed,
    )  # fmt: skip
    return True


_WORKS = """exists (select 1 from assignments a join staff s on s.id = a.staff_id and s.active
  where a.unit_id = v.unit_id and a.role = {role} and a.role = any($2) and {who} and a.from_at <= $3
    and (a.ended_at is null or a.ended_at > $3))"""

#: Open ones whose colleague does not work in that role at the case's unit any more: the role is asked instead. And
#: those asked of a role that nobody has where the case is now: then the role that the case itself waits for.
_LEFT = f"""
select t.id, t.case_id,
  case when {_WORKS.format(role="t.to_role", who="true")} then t.to_role else v.for_role end as role
from attestations t join cases c on c.id = t.case_id join visits v on v.id = c.visit_id
where {ATTESTATION_WAITS} and (
  (t.to_staff_id is not null and not {_WORKS.format(role="t.to_role", who="a.staff_id = t.to_staff_id")})
  or (t.to_role <> v.for_role and not {_WORKS.format(role="t.to_role", who="true")}
      and {_WORKS.format(role="v.for_role", who="true")}))
order by t.case_id limit $1 for no key update of c skip locked
"""


async def return_attestations(database: Database, at: datetime) -> int:
    """What was asked of somebody who is not there at `at` (UTC) goes to the role; how many. Each leaves an event."""
    return await in_batches(database, _LEFT, sorted(CARE_ROLES), at, each=_ask_the_role)


async def _ask_the_role(db: Connection, row: Row) -> int:
    if await _move(db, row["id"], new_id(), None, Addressee(row["role"]), None):
        data = {"attestation": str(row["id"]), "role": row["role"]}
        await record(db, row["case_id"], "attestation_returned", "system", None, data)
    return 1
