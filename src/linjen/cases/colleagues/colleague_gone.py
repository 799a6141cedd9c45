"""Kollegan är inte kvar: what somebody was told or invited to, who cannot open the case any more, hangs on nobody.

A note that she has not read goes back before the one who wrote it, who may ask somebody else; where that one is gone as
well it goes before the holder. Whoever takes a waiting case reads its notes anyway. An invitation simply lapses.
"""

from __future__ import annotations

from uuid import UUID

from linjen.access.policy import reaches
from linjen.core.batches import in_batches
from linjen.core.database import Connection, Database, Row
from linjen.core.events import record

_UNREAD = f"""
select m.note_id, m.staff_id, n.case_id,
  case when {reaches("n.by_id")} then n.by_id
    when v.state = 'in_progress' and {reaches("v.holder_id")} then v.holder_id end as to_id,
  {reaches("n.by_id")} as by_writer
from note_mentions m join notes n on n.id = m.note_id join cases c on c.id = n.case_id
join visits v on v.id = c.visit_id
where m.read_at is null and m.gone_at is null and not {reaches("m.staff_id")}
order by n.case_id, m.note_id, m.staff_id limit $1 for no key update of c skip locked
"""

_INVITED = f"""
select i.id, i.case_id from invitations i join cases c on c.id = i.case_id join visits v on v.id = c.visit_id
where i.ended_at is null and not {reaches("i.staff_id")}
order by i.case_id, i.id limit $1 for no key update of c skip locked
"""


async def settle_gone(database: Database) -> int:
    """Notes go back and invitations lapse of colleagues who cannot open the case any more; how many. Each leaves an
    event.
    """
    returned = await in_batches(database, _UNREAD, each=_return_note)
    return returned + await in_batches(database, _INVITED, each=_lapse)


async def _return_note(db: Connection, row: Row) -> int:
    gone = (
        "update note_mentions set gone_at = now() where note_id = $1 and staff_id = $2 and read_at is null"
        " and gone_at is null returning true"
    )
    if not await db.fetchval(gone, row["note_id"], row["staff_id"]):
        return 0
    to_id: UUID | None = row["to_id"]
    if to_id is not None:
        await db.execute(
            "insert into note_mentions (note_id, staff_id, instead_of) values ($1, $2, $3)"
            " on conflict (note_id, staff_id) do update set read_at = null, instead_of = excluded.instead_of",
            row["note_id"], to_id, row["staff_id"],
        )  # fmt: skip
    to = "nobody" if to_id is None else "writer" if row["by_writer"] else "holder"
    await record(db, row["case_id"], "note_returned", "system", None, {"to": to})
    return 1


async def _lapse(db: Connection, row: Row) -> int:
    ended = "update invitations set ended_at = now() where id = $1 and ended_at is null returning true"
    if not await db.fetchval(ended, row["id"]):
        return 0
    await record(db, row["case_id"], "invitation_lapsed", "system", None, {"invitation": str(row["id"])})
    return 1
