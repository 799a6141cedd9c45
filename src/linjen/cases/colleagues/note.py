"""Intern anteckning: what staff write to each other in a case (H07, H17). It never reaches the patient.

It has a table of its own, so that no list of messages can hold one by mistake, and an event told to staff alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.colleagues.attestation import Addressee
from linjen.cases.colleagues.mention import check_mentioned, keep_mentions
from linjen.cases.loading import open_case
from linjen.cases.talk.message import check_text
from linjen.core.database import Connection
from linjen.core.errors import must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer

LONGEST = 2_000


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One note; `at` is UTC. It was written to those `named`, of whom the `unread` have not read it yet and the `gone`
    never did before they left.
    """

    id: UUID
    by_name: str
    by_title: str
    at: datetime
    text: str
    named: list[str]
    unread: list[str]
    gone: list[str]


async def write_note(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, note_id: UUID, text: str, named: Sequence[Addressee] = ()
) -> None:
    """Keep a note under the id that its form made: the same form once more changes nothing. Who is `named` has it as
    work until she has read it.

    Raises Invalid('empty' | 'unreadable' | 'too_long') and Reused with field "note", as check_mentioned, and as
    open_case.
    """
    clean = check_text(text, "note", LONGEST)
    case = await open_case(db, by, case_id, "write_note")
    if (known := await db.fetchrow("select case_id, by_id, body_sealed from notes where id = $1", note_id)) is not None:
        ours = tuple(known)[:2] == (case_id, by.person_id)
        must_repeat("note", ours=ours, same=ours and _text(sealer, case_id, note_id, known["body_sealed"]) == clean)
        return
    mentioned = await check_mentioned(db, case, named, by.person_id)
    event = await record(db, case_id, "note_written", by.kind, by.person_id)
    sealed = sealer.seal("note", clean.encode(), case_id.bytes + note_id.bytes)
    await db.execute(
        "insert into notes (id, case_id, seq, by_id, body_sealed) values ($1, $2, $3, $4, $5)",
        note_id, case_id, event.seq, by.person_id, sealed,
    )  # fmt: skip
    await keep_mentions(db, case_id, note_id, by.person_id, mentioned)


def _text(sealer: Sealer, case_id: UUID, note_id: UUID, sealed: bytes) -> str:
    return sealer.unseal("note", sealed, case_id.bytes + note_id.bytes).decode()


_NAMES = "array_agg(o.given_name || ' ' || o.surname order by o.surname, o.id) filter (where {which})"
#: Not those before whom it stands instead of a colleague who is gone.
_NAMED = "o.id is not null and m.instead_of is null"
_NOTES = f"""
select n.id, n.at, n.body_sealed, s.given_name || ' ' || s.surname as by_name, s.title as by_title,
  coalesce({_NAMES.format(which=_NAMED)}, '{{}}') as named,
  coalesce({_NAMES.format(which=f"{_NAMED} and m.read_at is null and m.gone_at is null")}, '{{}}') as unread,
  coalesce({_NAMES.format(which=f"{_NAMED} and m.gone_at is not null")}, '{{}}') as gone
from notes n join staff s on s.id = n.by_id left join note_mentions m on m.note_id = n.id
left join staff o on o.id = m.staff_id where n.case_id = $1 group by n.id, s.id order by n.seq
"""


async def list_notes(db: Connection, sealer: Sealer, case_id: UUID) -> list[Note]:
    """The notes in order. Only for staff who have seen the case by see_case."""
    rows = await db.fetch(_NOTES, case_id)
    return [
        Note(
            id=row["id"], by_name=row["by_name"], by_title=row["by_title"], at=row["at"],
            named=row["named"], unread=row["unread"], gone=row["gone"],
            text=_text(sealer, case_id, row["id"], row["body_sealed"]),
        )
        for row in rows
    ]  # fmt: skip
