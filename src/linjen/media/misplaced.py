"""Fel patient: a picture of somebody else is set aside: nobody sees it, and the unit can undo it (routine F085).

It is neither erased nor moved to another case: the one would leave no trace, the other would show it to somebody else
on a guess (docs/decisions/picture-on-the-wrong-patient.md).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.intake.start import count_pictures
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.events import record
from linjen.media.pictures import count_there


class SetAside(msgspec.Struct, frozen=True):
    """A picture that was set aside: which, when (UTC) and by whom. Its content is not shown."""

    id: UUID
    at: datetime
    by_name: str


async def set_aside(db: Connection, by: By, case_id: UUID, picture_id: UUID) -> None:
    """Take the picture out of everybody's sight, and out of the export. The same once more changes nothing.

    Raises NotFound('picture') for one that is not in the case, and as open_case.
    """
    await _move(db, by, case_id, picture_id, away=True)


async def put_back(db: Connection, by: By, case_id: UUID, picture_id: UUID) -> None:
    """It belonged to the case after all. The same once more changes nothing. Raises as set_aside."""
    await _move(db, by, case_id, picture_id, away=False)


async def _move(db: Connection, by: By, case_id: UUID, picture_id: UUID, *, away: bool) -> None:
    case = await open_case(db, by, case_id, "set_aside_picture")
    change = (
        "set_aside_at = now(), set_aside_by = $3, archive_at = null, archive_by = null" if away
        else "set_aside_at = null, set_aside_by = null"
    )  # fmt: skip
    changed = await db.fetchval(
        f"update pictures set {change} where id = $1 and case_id = $2 and $3::uuid is not null and removed_at is null"
        f" and set_aside_at is {'' if away else 'not '}null returning id",
        picture_id, case_id, by.person_id,
    )  # fmt: skip
    if changed is not None:
        await count_pictures(db, case.id, await count_there(db, case.id))
        kind = "picture_set_aside" if away else "picture_put_back"
        await record(db, case_id, kind, by.kind, by.person_id, {"picture": str(picture_id)})
    elif not await db.fetchval("select true from pictures where id = $1 and case_id = $2", picture_id, case_id):
        raise NotFound("picture")


async def list_set_aside(db: Connection, case_id: UUID) -> list[SetAside]:
    """Those of the case, the first first. Only for staff who have seen the case by see_case."""
    rows = await db.fetch(
        "select p.id, p.set_aside_at as at, s.given_name || ' ' || s.surname as by_name from pictures p"
        " join staff s on s.id = p.set_aside_by where p.case_id = $1 and p.set_aside_at is not null"
        " order by p.added_at, p.id",
        case_id,
    )
    return [SetAside(**dict(row)) for row in rows]
