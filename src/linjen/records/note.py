"""Journalanteckning: the note of a closed case, as it is put together before it is copied (routine F077–F079).

It belongs in the record system. Here stands the draft of it, sealed, until the case is documented; then it is erased,
and what is left is that somebody documented it (docs/decisions/record-note.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.afterwards.document import document, find_documented
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.sealing import Sealer

#: The note's parts in order. `about` and `talk` are ours; the others are the record system's headings.
PARTS: Final = (
    "about", "initiative", "reason", "mode", "current", "assessment", "action", "diagnosis", "talk",
)  # fmt: skip
MODES: Final = ("chat", "voice", "video")
CONTACT_TYPES: Final = ("written", "video")
#: What the record system's booking asks for.
BOOKING: Final = ("booking", "customer", "agreement", "service", "contact", "visit")
LONGEST: Final = 20_000
LONGEST_FIELD: Final = 100


class Part(msgspec.Struct, frozen=True):
    """One heading: whether it goes into the note, and its text. The text of `mode` follows from the note's modes."""

    ticked: bool
    text: str


class RecordNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note: its parts by name, how the contact was made, of which type it is, and the fields of the booking."""

    parts: dict[str, Part]
    modes: tuple[str, ...]
    contact_type: str
    booking: dict[str, str]


class Draft(msgspec.Struct, frozen=True):
    """A kept note, with its version and who saved it last (UTC)."""

    note: RecordNote
    version: int
    by_name: str
    at: datetime


async def find_draft(db: Connection, sealer: Sealer, case_id: UUID) -> Draft | None:
    """What has been kept of the case's note. The caller has seen the case by see_case(…, "write_record")."""
    row = await db.fetchrow(
        "select d.version, d.body_sealed, d.saved_at, s.given_name || ' ' || s.surname as by_name"
        " from record_drafts d join staff s on s.id = d.saved_by where d.case_id = $1",
        case_id,
    )
    if row is None:
        return None
    body = sealer.unseal("record_note", row["body_sealed"], case_id.bytes)
    return Draft(msgspec.json.decode(body, type=RecordNote), row["version"], row["by_name"], row["saved_at"])


async def save_draft(db: Connection, sealer: Sealer, by: By, case_id: UUID, note: RecordNote, version: int) -> int:
    """Keep the note; its new version. `version` is the one that was read, 0 for none.

    Raises Refused('draft_changed') when a colleague has saved another one meanwhile, Refused('documented') when there
    is nothing left to write, and as open_case.
    """
    await open_case(db, by, case_id, "write_record")
    if (await find_documented(db, case_id)).at is not None:
        raise Refused("documented")
    sealed = sealer.seal("record_note", msgspec.json.encode(note), case_id.bytes)
    found = await db.fetchval(
        "insert into record_drafts as d (case_id, body_sealed, saved_by) values ($1, $2, $3)"
        " on conflict (case_id) do update set version = d.version + 1, body_sealed = excluded.body_sealed,"
        " saved_by = excluded.saved_by, saved_at = now() where d.version = $4 returning version",
        case_id, sealed, by.person_id, version,
    )  # fmt: skip
    if found is not None:
        return int(found)
    before = await find_draft(db, sealer, case_id)
    if before is not None and before.note == note:  # the same form once more
        return before.version
    raise Refused("draft_changed")


async def finish(db: Connection, by: By, case_id: UUID) -> None:
    """Klar: dokumenterat. The note is in the record system, so its draft is erased. Raises as `document`."""
    await document(db, by, case_id)
    await db.execute("delete from record_drafts where case_id = $1", case_id)
