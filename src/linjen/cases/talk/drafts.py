"""Utkast: what somebody is writing in a case, kept on the server so that a closed lid loses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import Case, open_cases
from linjen.cases.talk.message import unseal_text
from linjen.core.database import Connection, Database
from linjen.core.errors import LinjenError
from linjen.core.sealing import Sealer


class Typed(msgspec.Struct, frozen=True):
    """The text of somebody's box as it stands, '' when there is none (any more)."""

    by: By
    case_id: UUID
    text: str


_KEEP = """
insert into drafts (case_id, person_id, body_sealed)
select * from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as a(case_id, person_id, body_sealed)
on conflict (case_id, person_id) do update set body_sealed = excluded.body_sealed, saved_at = now()
"""

_ERASE = """
delete from drafts d using unnest($1::uuid[], $2::uuid[]) as a(case_id, person_id)
where d.case_id = a.case_id and d.person_id = a.person_id
"""


#: A page that is left while a message is on its way keeps the text as a draft, too; the two may arrive in any order.
_ON_ITS_WAY = timedelta(seconds=15)

_SENT_SINCE = """
select id, body_sealed from messages where case_id = $1 and by_id = $2 and sent_at > $3 order by seq
"""


def _row(case_id: UUID, person_id: UUID) -> bytes:
    return case_id.bytes + person_id.bytes


async def save_drafts(database: Database, sealer: Sealer, batch: Sequence[Typed]) -> list[LinjenError | None]:
    """Utkast: keep many people's texts in one transaction; an empty one erases the draft.

    One answer for each, in order, after the commit: a refusal is what open_case would raise. Of several texts of one
    person in one case the last stands.
    """
    async with database.transaction() as db:
        cases = await open_cases(db, [(item.by, item.case_id) for item in batch], "save_draft")
        last = {
            (item.case_id, item.by.person_id): item.text
            for item, case in zip(batch, cases, strict=True)
            if isinstance(case, Case)
        }
        kept = sorted(key for key, text in last.items() if text)
        erased = sorted(key for key, text in last.items() if not text)
        if kept:
            sealed = [sealer.seal("draft", last[key].encode(), _row(*key)) for key in kept]
            await db.execute(_KEEP, [case_id for case_id, _ in kept], [person for _, person in kept], sealed)
        if erased:
            await db.execute(_ERASE, [case_id for case_id, _ in erased], [person for _, person in erased])
    return [None if isinstance(case, Case) else case for case in cases]


async def find_draft(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> str:
    """The kept text, or ''; nothing of it that has been sent since. The caller has seen the case."""
    kept = await db.fetchrow(
        "select body_sealed, saved_at from drafts where case_id = $1 and person_id = $2", case_id, by.person_id
    )
    if kept is None:
        return ""
    text = sealer.unseal("draft", kept["body_sealed"], _row(case_id, by.person_id)).decode()
    rows = await db.fetch(_SENT_SINCE, case_id, by.person_id, kept["saved_at"] - _ON_ITS_WAY)
    return without_sent(text, (unseal_text(sealer, case_id, row["id"], row["body_sealed"]) for row in rows))


async def erase_draft(db: Connection, by: By, case_id: UUID) -> None:
    """Her draft has been sent with the change that the caller has opened the case for."""
    await db.execute(_ERASE, [case_id], [by.person_id])


def without_sent(text: str, sent: Iterable[str]) -> str:
    """A draft without the messages that it begins with: what is on its way stands before what is being written.

    >>> [without_sent(text, ["Hej!"]) for text in ("Hej!\\n\\nEn sak till", "Hej!", "Hej! Du")]
    ['En sak till', '', 'Hej! Du']
    """
    for one in (text for text in sent if text.strip()):  # a picture may have been sent without a word
        first, _, rest = text.lstrip().partition(one.strip())
        if not first and (not rest.strip() or rest.lstrip(" \t").startswith("\n\n")):
            text = rest.lstrip()
    return text
