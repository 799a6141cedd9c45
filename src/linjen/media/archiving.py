"""Spara till PACS: staff mark a good picture that adds to the assessment for the region's archive (routine F084)."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.events import record


async def mark_for_archive(db: Connection, by: By, case_id: UUID, picture_id: UUID, *, wanted: bool) -> None:
    """Mark a picture for the export, or take the mark away again. The same once more changes nothing.

    Raises NotFound('picture') for one that is not in the case, and as open_case.
    """
    await open_case(db, by, case_id, "archive_picture")
    mark = "archive_at = now(), archive_by = $3" if wanted else "archive_at = null, archive_by = null"
    changed = await db.fetchval(
        f"update pictures set {mark} where id = $1 and case_id = $2 and $3::uuid is not null and set_aside_at is null"
        f" and archive_at is {'' if wanted else 'not '}null returning id",
        picture_id, case_id, by.person_id,
    )  # fmt: skip
    if changed is not None:
        kind = "picture_marked" if wanted else "picture_unmarked"
        await record(db, case_id, kind, by.kind, by.person_id, {"picture": str(picture_id)})
        return
    there = "select true from pictures where id = $1 and case_id = $2 and set_aside_at is null"
    if not await db.fetchval(there, picture_id, case_id):
        raise NotFound("picture")
