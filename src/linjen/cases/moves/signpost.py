"""Hänvisa: a case that has landed at the wrong unit is answered and closed in one step (routine F101, F176).

For a patient who is to contact another unit herself. Inside the care provider a case is handed over instead, and to
another provider it can go as a ticket.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.moves.close import close
from linjen.cases.talk.message import check_told, unseal_text, write_message
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.sealing import Sealer

#: The reason that such a case is closed with, one of close.REASONS.
REASON = "wrong_unit"


async def signpost(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, text: str, dealt_with: Collection[UUID] = (), *,
    drawn_at: int | None = None,
) -> None:  # fmt: skip
    """Send the patient where to turn, and close. The same once more changes nothing, and nothing is sent again;
    with another text it is refused, since nobody would get to read it.

    Raises Invalid('empty' | 'too_long' | 'unreadable') with field "text", and as `close`.
    """
    told = check_told(text)
    try:
        await open_case(db, by, case_id, "signpost")
    except Refused:  # whoever has closed it holds it no more
        if await _is_done(db, sealer, by, case_id, told):
            return
        raise
    await write_message(db, sealer, by, case_id, told)
    await close(db, by, case_id, REASON, dealt_with, drawn_at=drawn_at)


_DONE = """
select m.id, m.body_sealed from cases c join visits v on v.id = c.visit_id
join events e on e.case_id = c.id and e.kind = 'closed'
join messages m on m.case_id = c.id and m.seq = e.seq - 1 and m.by_id = v.closed_by
where c.id = $1 and v.state = 'closed' and v.closed_by = $2 and v.close_reason = $3 order by e.seq desc limit 1
"""


async def _is_done(db: Connection, sealer: Sealer, by: By, case_id: UUID, told: str) -> bool:
    """Whether this person has closed the case with just these words: a form that was sent twice."""
    row = await db.fetchrow(_DONE, case_id, by.person_id, REASON)
    return row is not None and unseal_text(sealer, case_id, row["id"], row["body_sealed"]) == told
