"""Omprioritera: who reads the intake gives the case another place in the ledger, and says why (routine F062).

The triage's own level is never overwritten: it stays with the case, and is what its quality is judged by.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.levels import LEVELS
from linjen.cases.loading import Case, open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.core.visible import is_visible

LONGEST_WHY = 500


class Reprioritised(msgspec.Struct, frozen=True, kw_only=True):
    """One change of place: from and to which level (1 is most urgent), by whom, when (UTC), and why."""

    from_level: int
    to_level: int
    by_name: str
    at: datetime
    why: str


async def reprioritise(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, level: int, why: str, was: int | None = None
) -> None:
    """Let the ledger sort the case as `level`. The same form once more changes nothing.

    `was` is its level when the form was drawn, 0 where the form does not say. Raises Refused('level_changed') when it
    is another by now, since a colleague has set it for a reason that this one has not read; Invalid('choose_level'),
    Invalid('why_missing') and Invalid('why_too_long'), and as open_case.
    """
    if level not in LEVELS:
        raise Invalid("choose_level", "level")
    why = why.strip()
    if not is_visible(why):
        raise Invalid("why_missing", "why")
    if len(why) > LONGEST_WHY:
        raise Invalid("why_too_long", "why", longest=LONGEST_WHY)
    case = await open_case(db, by, case_id, "reprioritise")
    if case.priority is None or await _is_done(db, sealer, by, case, level, why, was):
        return
    await db.execute("update visits set priority = $2 where id = $1", case.visit_id, level)
    data = {"from": case.priority, "to": level, "waits": case.state == "queued"}
    event = await record(db, case_id, "reprioritised", by.kind, by.person_id, data)
    change = new_id()
    sealed = sealer.seal("reprioritised", why.encode(), case_id.bytes + change.bytes)
    await db.execute(
        "insert into reprioritisations (id, case_id, seq, by_id, from_level, to_level, why_sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        change, case_id, event.seq, by.person_id, case.priority, level, sealed,
    )  # fmt: skip


async def _is_done(db: Connection, sealer: Sealer, by: By, case: Case, level: int, why: str, was: int | None) -> bool:
    """Whether the level is as it is wanted; Refused where somebody has changed it since the form was drawn."""
    last = await db.fetchrow(
        "select id, by_id, to_level, why_sealed from reprioritisations where case_id = $1 order by seq desc limit 1",
        case.id,
    )
    same = by_other = False
    if last is not None:
        by_other, at_level = last["by_id"] != by.person_id, last["to_level"] == level
        same = not by_other and at_level and _why(sealer, case.id, last["id"], last["why_sealed"]) == why
    changed = by_other if was == 0 else was not in {None, case.priority}
    if changed and not (same and case.priority == level):
        raise Refused("level_changed", verb="reprioritise")
    return case.priority == level


def _why(sealer: Sealer, case_id: UUID, change: UUID, sealed: bytes) -> str:
    return sealer.unseal("reprioritised", sealed, case_id.bytes + change.bytes).decode()


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
            why=_why(sealer, case_id, row["id"], row["why_sealed"]),
        )
        for row in rows
    ]  # fmt: skip
