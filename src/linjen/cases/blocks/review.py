"""Granska öppningar: who leads a unit looks at each opening of what is blocked there, and says whether it was right.

An emergency opening waits for it; one with the patient's consent stands there to be read. Who leads the unit sees no
case by it: only who opened, for whom, why and in which words. Nobody judges her own opening: it waits for another head.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.blocks.block_opening import unseal_why
from linjen.cases.talk.message import check_optional, check_text
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.sealing import Sealer
from linjen.units.managed import may_at

VERDICTS: Final = ("right", "wrong")
LONGEST_REMARK: Final = 500
#: So many of those that have been looked at are shown.
_MOST: Final = 100


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """One opening of a unit's blocked cases. Times are UTC; `verdict` is '' while it waits, or wants none; `own` is the
    reader's own, which another head judges.
    """

    id: UUID
    kind: str
    reason: str
    why: str
    opened_at: datetime
    until_at: datetime
    by_name: str
    by_title: str
    by_unit: str
    patient: str
    protected: str
    verdict: str
    remark: str
    reviewed_at: datetime | None
    reviewed_by: str
    own: bool

    @property
    def waits(self) -> bool:
        """Whether somebody is to look at it."""
        return self.kind == "emergency" and not self.verdict


_OPENINGS = """
select o.id, o.kind, o.reason, o.why_sealed, o.opened_at, o.until_at, o.remark_sealed, o.reviewed_at,
  s.given_name || ' ' || s.surname as by_name, s.title as by_title, u.name as by_unit,
  p.given_name || ' ' || p.surname as patient, p.protected, coalesce(o.verdict, '') as verdict,
  coalesce(r.given_name || ' ' || r.surname, '') as reviewed_by, o.staff_id = $3 as own
from access_blocks b join block_openings o on o.block_id = b.id
join staff s on s.id = o.staff_id join units u on u.id = o.unit_id join residents p on p.id = b.resident_id
left join staff r on r.id = o.reviewed_by
where b.unit_id = $1 order by (o.kind = 'emergency' and o.verdict is null) desc, o.opened_at desc, o.id limit $2
"""


async def list_openings_of_unit(db: Connection, sealer: Sealer, by: By, unit_id: UUID) -> list[Opening]:
    """Those that wait first, then the latest; one row in the log. NotFound for who does not lead the unit."""
    if not await may_at(db, by, unit_id, "review_openings"):
        raise NotFound("unit")
    rows = await db.fetch(_OPENINGS, unit_id, _MOST, by.person_id)
    await log_access(db, by, "review_openings", None, [row["id"] for row in rows] or [unit_id])
    found = []
    for row in rows:
        values = dict(row)
        why, remark = values.pop("why_sealed"), values.pop("remark_sealed")
        said = unseal_why(sealer, row["id"], remark) if remark else ""
        found.append(Opening(**values, why=unseal_why(sealer, row["id"], why), remark=said))
    return found


async def review_opening(
    db: Connection, sealer: Sealer, by: By, unit_id: UUID, opening_id: UUID, verdict: str, remark: str
) -> None:
    """Say whether an emergency opening was right. What was wrong wants a word of what is done about it.

    The same verdict once more changes nothing. Raises Invalid('choose') with field "verdict", Invalid as check_text
    with field "remark", NotFound for what is no emergency opening of this unit and for who does not lead it,
    Refused('own_opening') for her own, and Refused('reviewed') when somebody has said otherwise.
    """
    if not await may_at(db, by, unit_id, "review_openings"):
        raise NotFound("unit")
    if verdict not in VERDICTS:
        raise Invalid("choose", "verdict")
    clean = (check_text if verdict == "wrong" else check_optional)(remark, "remark", LONGEST_REMARK)
    known = await db.fetchrow(
        "select o.verdict, o.staff_id from block_openings o join access_blocks b on b.id = o.block_id"
        " where o.id = $1 and b.unit_id = $2 and o.kind = 'emergency' for update of o",
        opening_id, unit_id,
    )  # fmt: skip
    if known is None:
        raise NotFound("opening")
    if known["staff_id"] == by.person_id:
        raise Refused("own_opening", verb="review_openings")
    await log_access(db, by, "review_openings", None, [opening_id])
    if known["verdict"] == verdict:
        return
    if known["verdict"] is not None:
        raise Refused("reviewed", verb="review_openings")
    await db.execute(
        "update block_openings set verdict = $2, remark_sealed = $3, reviewed_by = $4, reviewed_at = now()"
        " where id = $1 and verdict is null",
        opening_id, verdict, sealer.seal("block_opening", clean.encode(), opening_id.bytes) if clean else None,
        by.person_id,
    )  # fmt: skip


_WAITING = f"""
select u.id as unit_id, u.name as unit, count(*) as waiting
from units u join access_blocks b on b.unit_id = u.id join block_openings o on o.block_id = b.id
where o.kind = 'emergency' and o.verdict is null and o.staff_id <> $1
  and {policy.unit_clause("review_openings", person="$1")}
group by u.id, u.name order by u.name
"""


class ToReview(msgspec.Struct, frozen=True):
    """How many emergency openings of a unit wait for who leads it."""

    unit_id: UUID
    unit: str
    waiting: int


async def count_to_review(db: Connection, by: By) -> list[ToReview]:
    """For each unit that `by` leads and where some wait for her, not her own. Counts alone, so nothing is logged."""
    return [ToReview(**dict(row)) for row in await db.fetch(_WAITING, by.person_id)]
