"""Triagens kvalitet: what is counted of the units that somebody may see, read in a moment in a large region, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.afterwards.quality_figures import Counts, Quality, as_shown
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import NotFound
from linjen.core.swedish import sort_key
from linjen.triage.releases import may


class SeenUnit(msgspec.Struct, frozen=True):
    """A unit whose figures somebody may see."""

    id: UUID
    name: str


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at: one unit or all that she may see, one contact reason or all (''), whole months from `first`
    to `last`, each given by its first day."""

    unit_id: UUID | None
    reason: str
    first: date
    last: date


_WITHIN = "unit_id = any($1::uuid[]) and month >= $2 and month <= $3 and ($4 = '' or reason = $4)"

_ASSESSED = f"""
select level, outcome, right_level, verdict, questions, came_back, count(*) as many from assessments
where {_WITHIN} group by 1, 2, 3, 4, 5, 6
"""

#: One plan for all would take a whole region's year for a unit's month: in this transaction each has its own.
_OWN_PLANS = "set local plan_cache_mode = 'force_custom_plan'"

#: With $5 also what was left before a unit was chosen.
_LEFT = f"""
select ended, step, sum(count)::int as many from left_drafts
where {_WITHIN.replace("unit_id = any($1::uuid[])", "(unit_id = any($1::uuid[]) or ($5 and unit_id is null))")}
group by 1, 2
"""

_ALARMS = """
select a.code, coalesce(a.verdict, '') as verdict, count(*) as many from alarms a
where a.unit_id = any($1::uuid[]) and a.heard_at >= $2 and a.heard_at < $3
  and ($4 = '' or exists (select 1 from cases c where c.id = a.case_id and c.reason = $4)) group by 1, 2
"""


async def list_seen_units(db: Connection, by: By, verb: str) -> list[SeenUnit]:
    """The units whose figures this person may see by `verb`, by name. Raises NotFound for who may see none."""
    rows = await db.fetch(
        f"select u.id, u.name from units u where {policy.unit_clause(verb, person='$1')}", by.person_id
    )
    if not rows:
        raise NotFound("page")
    return sorted((SeenUnit(row["id"], row["name"]) for row in rows), key=lambda unit: sort_key(unit.name))


async def read_quality(db: Connection, by: By, verb: str, units: Sequence[SeenUnit], wanted: Selection) -> Quality:
    """What may be shown of the selection; one row in the access log, written last so that it is held shortly.

    `units` are those of list_seen_units in the same transaction. Raises NotFound for another unit.
    """
    ids = [unit.id for unit in units if wanted.unit_id in {None, unit.id}]
    if not ids:
        raise NotFound("unit")
    await db.execute(_OWN_PLANS)
    counts = Counts()
    for row in await db.fetch(_ASSESSED, ids, wanted.first, wanted.last, wanted.reason):
        _add_assessed(counts, row["outcome"], row["many"], **{key: row[key] for key in _FIELDS})
    nowhere = wanted.unit_id is None and await may(db, by, "see_region_quality")
    for row in await db.fetch(_LEFT, ids, wanted.first, wanted.last, wanted.reason, nowhere):
        _add_left(counts, row["ended"], row["step"], row["many"])
    alarms = await db.fetch(_ALARMS, ids, _begins(wanted.first), _begins(next_month(wanted.last)), wanted.reason)
    counts.alarms = {(row["code"], row["verdict"]): row["many"] for row in alarms}
    await log_access(db, by, verb, shown=ids)
    return as_shown(counts)


_FIELDS = ("level", "right_level", "verdict", "questions", "came_back")


def _add_assessed(
    counts: Counts, outcome: str, many: int, *, level: int, right_level: int | None, verdict: str | None,
    questions: int | None, came_back: bool | None,
) -> None:  # fmt: skip
    if outcome == "sent":
        counts.sent += many
    else:
        counts.self_care += many
        counts.came_back += many if came_back else 0
        counts.stayed += many if came_back is False else 0
    if verdict is not None:
        key = (level, right_level, verdict)
        counts.judged[key] = counts.judged.get(key, 0) + many
    if questions is not None:
        counts.questions[questions] = counts.questions.get(questions, 0) + many


def _add_left(counts: Counts, ended: str, step: str, many: int) -> None:
    if ended == "left":
        counts.steps[step] = counts.steps.get(step, 0) + many
    elif ended == "emergency":
        counts.emergency += many
    else:
        counts.self_care += many
        counts.came_back += many if ended == "came_back" else 0
        counts.stayed += many if ended == "stayed" else 0


def _begins(month: date) -> datetime:
    """The instant a Swedish month begins."""
    return clock.at_wall(month, time())


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_back(at: datetime, count: int) -> list[date]:
    """The first days of so many months, the one of `at` first."""
    today = clock.local_date(at)
    numbers = range(today.year * 12 + today.month - 1, today.year * 12 + today.month - 1 - count, -1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
