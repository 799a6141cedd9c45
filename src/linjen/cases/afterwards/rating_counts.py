"""Vad patienterna svarade: a unit's answers to the one question, by the month and without names, for who leads it.

A month is split into its answers when it is over and has at least FEWEST of them: what comes in day by day would tell
whose it is.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.afterwards.rating import ANSWERS
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.sealing import Sealer
from linjen.core.small_numbers import FEWEST
from linjen.units.managed import may_at

#: So many months are shown, the running one among them.
MONTHS: Final = 13


class Month(msgspec.Struct, frozen=True):
    """A Swedish month by its first day. `total` is None for 1 to 4; `counts` by answer and `lines` are empty where the
    month is not over or has too few. A protected person's line is in none.
    """

    on: date
    total: int | None
    counts: dict[str, int]
    lines: list[str]
    is_over: bool


_ANSWERS = """
select date_trunc('month', r.at at time zone 'Europe/Stockholm')::date as month, r.answer, r.line_sealed, r.case_id,
  (p.protected = 'yes' or w.protected = 'yes') as hidden
from ratings r join cases c on c.id = r.case_id join residents p on p.id = c.patient_id
join residents w on w.id = r.by_id
where r.unit_id = $1 and r.answer is not null and r.at >= ($2::date::timestamp at time zone 'Europe/Stockholm')
order by month desc, md5(r.case_id::text)
"""


async def count_ratings(db: Connection, sealer: Sealer, by: By, unit_id: UUID, at: datetime) -> list[Month]:
    """The months in which somebody answered, the latest first. What is shown in words is logged by case.

    Raises NotFound for who neither leads nor configures the unit.
    """
    if not await may_at(db, by, unit_id, "see_ratings"):
        raise NotFound("unit")
    running = clock.local_date(at).replace(day=1)
    first = date(running.year - 1, running.month, 1)
    rows = defaultdict(list)
    for row in await db.fetch(_ANSWERS, unit_id, first):
        rows[row["month"]].append(row)
    shown: list[UUID] = []
    months = []
    for on, given in rows.items():
        is_split = on < running and len(given) >= FEWEST
        written = [row for row in given if row["line_sealed"] and not row["hidden"]] if is_split else []
        shown += [row["case_id"] for row in written]
        months.append(Month(
            on=on, total=len(given) if len(given) >= FEWEST else None, is_over=on < running,
            counts={one: sum(row["answer"] == one for row in given) for one in ANSWERS} if is_split else {},
            lines=[sealer.unseal("rating", row["line_sealed"], row["case_id"].bytes).decode() for row in written],
        ))  # fmt: skip
    await log_access(db, by, "see_ratings", shown=shown or [unit_id])
    return months
