"""Intern anteckning: what staff write to each other in a case (H07, H17). It never reaches the patient.

It has a table of its own, so that no list of messages can hold one by mistake, and an event told to staff alone.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.message import check_text
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.events import record
from linjen.core.sealing import Sealer

LONGEST = 2_000


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One note; `at` is UTC."""

    id: UUID
    by_name: str
    by_title: str
    at: datetime
    text: str


async def write_note(db: Connection, sealer: Sealer, by: By, case_id: UUID, note_id: UUID, text: str) -> None:
    """Keep a note under the id that its form made: the same form once more changes nothing.

    Raises Invalid('empty' | 'unreadable' | 'too_long') with field "note", and as open_case.
    """
    clean = check_text(text, "note", LONGEST)
    await open_case(db, by, case_id, "write_note")
    if (known := await db.fetchrow("select case_id, by_id from notes where id = $1", note_id)) is not None:
        if tuple(known) != (case_id, by.person_id):
            raise Invalid("unreadable", "note")
        return
    event = await record(db, case_id, "note_written", by.kind, by.person_id)
    sealed = sealer.seal("note", clean.encode(), case_id.bytes + note_id.bytes)
    await db.execute(
        "insert into notes (id, case_id, seq, by_id, body_sealed) values ($1, $2, $3, $4, $5)",
        note_id, case_id, event.seq, by.person_id, sealed,
    )  # fmt: skip


async def list_notes(db: Connection, sealer: Sealer, case_id: UUID) -> list[Note]:
    """The notes in order. Only for staff who have seen the case by see_case."""
    rows = await db.fetch(
        "select n.id, n.at, n.body_sealed, s.given_name || ' ' || s.surname as by_name, s.title as by_title"
        " from notes n join staff s on s.id = n.by_id where n.case_id = $1 order by n.seq",
        case_id,
    )
    return [
        Note(
            id=row["id"], by_name=row["by_name"], by_title=row["by_title"], at=row["at"],
            text=sealer.unseal("note", row["body_sealed"], case_id.bytes + row["id"].bytes).decode(),
        )
        for row in rows
    ]  # fmt: skip
