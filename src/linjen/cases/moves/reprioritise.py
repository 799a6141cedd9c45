"""Omprioritera: who reads the intake gives the case another place in the ledger, and says why (routine F062).

The triage's own level is never overwritten: it stays with the case, and is what its quality is judged by.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.core.visible import is_visible

LEVELS = range(1, 6)
LONGEST_WHY = 500


class Reprioritised(msgspec.Struct, frozen=True, kw_only=True):
    """One change of place: from and to which level (1 is most urgent), by whom, when (UTC), and why."""

    from_level: int
    to_level: int
    by_name: str
    at: datetime
    why: str


async def reprioritise(db: Connection, sealer: Sealer, by: By, case_id: UUID, level: int, why: str) -> None:
    """Let the ledger sort the case as `level`. The same level once more changes nothing.

    Raises Invalid('choose_level'), Invalid('why_missing') and Invalid('why_too_long'), and as open_case.
    """
    if level not in LEVELS:
        raise Invalid("choose_level", "level")
    why = why.strip()
    if not is_visible(why):
        raise Invalid("why_missing", "why")
    if len(why) > LONGEST_WHY:
        raise Invalid("why_too_long", "why", longest=LONGEST_WHY)
    case = await open_case(db, by, case_id, "reprioritise")
    if case.priority is None or case.priority == level:
        return
    await db.execute("update visits set priority = $2 where id = $1", case.visit_id, level)
    data = {"from": case.priority, "to": level}
    event = await record(db, case_id, "reprioritised", by.kind, by.person_id, data)
    change = new_id()
    sealed = sealer.seal("reprioritised", why.encode(), case_id.bytes + change.bytes)
    await db.execute(
        "insert into reprioritisations (id, case_id, seq, by_id, from_level, to_level, why_sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        change, case_id, event.seq, by.person_id, case.priority, level, sealed,
    )  # fmt: skip


async def list_reprioritised(db: Connection, sealer: Sealer, case_id: UUID) -> list[Reprioritised]:
    """Every change of place, the latest first. The caller has seen the case."""
    rows = await db.fetch(
        "select r.id, r.from_level, r.to_level, r.at, r.why_sealed, s.given_name || ' ' || s.surname as by_name"
        " from reprioritisations r join staff s on s.id = r.by_id where r.case_id = $1 order by r.seq desc",
        case_id,
    )
    return [
        Reprioritised(
            from_level=row["from_level"], to_level=row["to_level"], by_name=row["by_name"], at=row["at"],
            why=sealer.unseal("reprioritised", row["why_sealed"], case_id.bytes + row["id"].bytes).decode(),
        )
        for row in rows
    ]  # fmt: skip
