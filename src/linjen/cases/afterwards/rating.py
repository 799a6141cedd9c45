"""Fick du den hjälp du behövde: the one question when a case is closed, answered or left, and never asked twice.

The answer is no event of the case: who gave care does not read there what a patient thought of it. The unit's head
reads it by the month, without a name (cases/afterwards/rating_counts.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.afterwards.reply_window import find_reply_until, may_reply
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.message import check_optional
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.sealing import Sealer

ANSWERS: Final = ("yes", "partly", "no")
LONGEST: Final = 200
#: So many days after closing the question stands, or as long as the unit lets her reply, if that is longer.
ASKED_DAYS: Final = 14


class Rating(msgspec.Struct, frozen=True):
    """How the question stands for one who may see the case: whether it is put to her now, whether what she has answered
    can be changed, and her own answer ('' for none) with her line.
    """

    asked: bool
    changeable: bool = False
    answer: str = ""
    line: str = ""


_NOT_ASKED: Final = Rating(asked=False)


def _last_day(case: Case, until: date | None) -> date | None:
    """The last Swedish day for a first answer; None where nobody in care has closed the case."""
    if case.state != "closed" or case.visit_id is None or case.closed_at is None:
        return None
    day = clock.local_date(case.closed_at) + timedelta(days=ASKED_DAYS)
    return max(day, until) if until else day


async def find_rating(db: Connection, sealer: Sealer, by: By, case: Case) -> Rating:
    """How the question stands for this resident and a case that she has seen."""
    if case.state != "closed" or case.visit_id is None or not await _was_helped(db, case):
        return _NOT_ASKED
    until = await find_reply_until(db, case)
    row = await db.fetchrow("select by_id, answer, line_sealed from ratings where case_id = $1", case.id)
    if row is not None:
        if row["by_id"] != by.person_id or row["answer"] is None:
            return _NOT_ASKED
        line = _line(sealer, case.id, row["line_sealed"])
        return Rating(asked=False, changeable=may_reply(until), answer=row["answer"], line=line)
    if await db.fetchval("select true from rating_refusals where resident_id = $1", by.person_id):
        return _NOT_ASKED
    return Rating(asked=may_reply(_last_day(case, until)))


async def _was_helped(db: Connection, case: Case) -> bool:
    """Whether staff closed it; what she took back herself is no help to ask about."""
    return bool(await db.fetchval("select closed_by is not null from visits where id = $1", case.visit_id))


async def find_unrated(db: Connection, sealer: Sealer, by: By, cases: list[Case]) -> Case | None:
    """The case, of those that she has seen, that she is asked about on her first page: the one closed last."""
    closed = sorted((one for one in cases if one.closed_at is not None), key=_closed_at, reverse=True)
    latest = closed[0] if closed else None
    return latest if latest and (await find_rating(db, sealer, by, latest)).asked else None


def _closed_at(case: Case) -> float:
    return case.closed_at.timestamp() if case.closed_at else 0.0


async def rate(db: Connection, sealer: Sealer, by: By, case_id: UUID, answer: str, line: str = "") -> None:
    """Keep her answer, with a line of her own or without; the same once more changes nothing.

    Raises Invalid('choose') with field "answer", Invalid('too_long' | 'unreadable') with field "line",
    Refused('rated') when somebody else has answered, Refused('rating_too_late'), and as open_case.
    """
    if answer not in ANSWERS:
        raise Invalid("choose", "answer")
    clean = check_optional(line, "line", LONGEST)
    case = await open_case(db, by, case_id, "rate")
    row = await db.fetchrow("select by_id, answer, line_sealed from ratings where case_id = $1", case_id)
    if row is not None and row["by_id"] != by.person_id:
        raise Refused("rated", verb="rate")
    if row is not None and (row["answer"], _line(sealer, case_id, row["line_sealed"])) == (answer, clean):
        return
    until = await find_reply_until(db, case)
    last = until if row is not None and row["answer"] else _last_day(case, until)
    if not may_reply(last) or not await _was_helped(db, case):
        raise Refused("rating_too_late", verb="rate")
    sealed = sealer.seal("rating", clean.encode(), case_id.bytes) if clean else None
    await db.execute(
        "insert into ratings (case_id, visit_id, unit_id, by_id, answer, line_sealed) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (case_id) do update set answer = excluded.answer, line_sealed = excluded.line_sealed,"
        " at = case when ratings.answer is null then now() else ratings.at end",
        case_id, case.visit_id, case.unit_id, by.person_id, answer, sealed,
    )  # fmt: skip


async def leave_rating(db: Connection, by: By, case_id: UUID, *, for_good: bool = False) -> None:
    """She does not want to answer: this case is not asked about again, nor with `for_good` any other.

    What has been answered stays. Raises as open_case.
    """
    case = await open_case(db, by, case_id, "rate")
    if case.visit_id is not None:
        await db.execute(
            "insert into ratings (case_id, visit_id, unit_id, by_id) values ($1, $2, $3, $4) on conflict do nothing",
            case_id, case.visit_id, case.unit_id, by.person_id,
        )  # fmt: skip
    if for_good:
        await db.execute(
            "insert into rating_refusals (resident_id) values ($1) on conflict do nothing", by.person_id
        )  # fmt: skip


def _line(sealer: Sealer, case_id: UUID, sealed: bytes | None) -> str:
    return sealer.unseal("rating", sealed, case_id.bytes).decode() if sealed is not None else ""
