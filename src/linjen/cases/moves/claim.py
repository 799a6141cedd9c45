"""Ta emot: one nurse takes a waiting case; the others see it go."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.at_once import lock_desk
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record

#: Levels that are taken however many chats one has: nothing may stand in the way of an emergency.
_NEVER_ASKED = 2


async def claim(db: Connection, by: By, case_id: UUID, *, over_cap: bool = False) -> None:
    """Make `by` the holder. One conditional UPDATE decides: of two who try, one wins.

    Raises Refused('already_claimed') with the winner's `name` and when (`at`, UTC) for the other; claiming what one
    already holds is done.
    Raises Refused('at_cap') with `most` when she has as many chats as she is to have, unless she means it (`over_cap`)
    or the case is of level 1 or 2.
    """
    case = await _open(db, by, case_id)
    if case is None:
        return
    if not over_cap and (case.priority or 0) > _NEVER_ASKED:
        desk = await lock_desk(db, by)
        if desk.is_full:
            raise Refused("at_cap", most=desk.most)
    taken = await db.fetchval(
        "update visits set state = 'in_progress', holder_id = $2, claimed_at = now(), for_staff_id = null"
        " where id = (select visit_id from cases where id = $1) and state = 'queued' and holder_id is null"
        " returning id",
        case_id, by.person_id,
    )  # fmt: skip
    if taken is not None:
        await record(db, case_id, "claimed", by.kind, by.person_id)


async def _open(db: Connection, by: By, case_id: UUID) -> Case | None:
    """The case, None when she holds it already."""
    try:
        return await open_case(db, by, case_id, "claim")
    except Refused as error:
        if error.reason == "wrong_state" and error.detail.get("state") == "in_progress":
            holder = await db.fetchrow(
                "select s.id, s.given_name, s.surname, v.claimed_at from cases c join visits v on v.id = c.visit_id"
                " join staff s on s.id = v.holder_id where c.id = $1",
                case_id,
            )
            if holder is not None and holder["id"] == by.person_id:
                return None
            name = f"{holder['given_name']} {holder['surname']}" if holder else ""
            at = holder["claimed_at"] if holder else None
            raise Refused("already_claimed", name=name, at=at) from error
        raise
