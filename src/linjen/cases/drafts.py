"""Utkast: what somebody is writing in a case, kept on the server so that a closed lid loses nothing."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import see_case
from linjen.core.database import Connection
from linjen.core.sealing import Sealer


def _row(case_id: UUID, by: By) -> bytes:
    return case_id.bytes + by.person_id.bytes


async def save_draft(db: Connection, sealer: Sealer, by: By, case_id: UUID, text: str) -> None:
    """Keep the text as it stands; an empty one erases the draft. Raises as see_case."""
    await see_case(db, by, case_id, "save_draft")
    if not text:
        await db.execute("delete from drafts where case_id = $1 and person_id = $2", case_id, by.person_id)
        return
    await db.execute(
        "insert into drafts (case_id, person_id, body_sealed) values ($1, $2, $3)"
        " on conflict (case_id, person_id) do update set body_sealed = excluded.body_sealed, saved_at = now()",
        case_id, by.person_id, sealer.seal("draft", text.encode(), _row(case_id, by)),
    )  # fmt: skip


async def find_draft(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> str:
    """The kept text, or ''. The caller has seen the case."""
    sealed = await db.fetchval(
        "select body_sealed from drafts where case_id = $1 and person_id = $2", case_id, by.person_id
    )
    return sealer.unseal("draft", sealed, _row(case_id, by)).decode() if sealed else ""
