"""Rätta eller radera: the patient says what is wrong in her case, and the unit answers (GDPR 16, 17; law L11).

What care has written is not erased on request (GDPR 17(3), PDL 8:4), and a correction is an addition: nothing here
changes what stands in the case. The answer goes to her as a message, so that she is told of it as of any other.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access
from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.talk.message import check_text, check_told, unseal_text, write_message
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer

KINDS: Final = ("correct", "erase")
LONGEST: Final = 2_000
#: So many may wait for an answer in one case.
MOST_WAITING: Final = 5


def answer_day(at: datetime) -> date:
    """The last Swedish day for an answer to what came at an instant: a month later (GDPR 12(3))."""
    on = clock.local_date(at)
    year, month = on.year + on.month // 12, on.month % 12 + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One wish with its answer, '' and None while it waits. Times are UTC, `answer_by` a Swedish day."""

    id: UUID
    seq: int
    kind: str
    text: str
    by_id: UUID
    by_name: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None

    @property
    def answer_by(self) -> date:
        """The last day for an answer."""
        return answer_day(self.at)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the unit's list: the case in short, and what is wished for."""

    case_id: UUID
    entry: str
    reason: str
    protocol: str
    birth_on: date
    name: str
    protected: str
    kind: str
    at: datetime


async def ask_correction(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, correction_id: UUID, kind: str, text: str
) -> None:
    """Keep the wish under the id that its form made: the same form once more changes nothing.

    Raises Invalid('choose') with field "kind", Invalid('empty' | 'unreadable' | 'too_long') and Reused with field
    "text", Refused('enough_waiting') when MOST_WAITING have no answer yet, and as open_case.
    """
    if kind not in KINDS:
        raise Invalid("choose", "kind")
    clean = check_text(text, "text", LONGEST)
    await open_case(db, by, case_id, "ask_correction")
    known = await db.fetchrow("select case_id, by_id, kind, body_sealed from corrections where id = $1", correction_id)
    if known is not None:
        ours = (known["case_id"], known["by_id"]) == (case_id, by.person_id)
        same = ours and known["kind"] == kind
        must_repeat("text", ours=ours, same=same and _text(sealer, case_id, correction_id, known[3]) == clean)
        return
    waiting = await db.fetchval("select count(*) from corrections where case_id = $1 and answered_at is null", case_id)
    if waiting >= MOST_WAITING:
        raise Refused("enough_waiting", verb="ask_correction")
    event = await record(db, case_id, "correction_asked", by.kind, by.person_id, {"what": kind})
    sealed = sealer.seal("correction", clean.encode(), case_id.bytes + correction_id.bytes)
    await db.execute(
        "insert into corrections (id, case_id, seq, by_id, kind, body_sealed) values ($1, $2, $3, $4, $5, $6)",
        correction_id, case_id, event.seq, by.person_id, kind, sealed,
    )  # fmt: skip


async def answer_correction(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, correction_id: UUID, text: str
) -> None:
    """Answer a wish, as a message to her; the same answer by the same person once more changes nothing.

    Raises Invalid as check_told with field "answer", NotFound('correction'), Refused('answered') when a colleague came
    first, and as open_case.
    """
    clean = check_told(text, "answer")
    await open_case(db, by, case_id, "answer_correction")
    known = await db.fetchrow(
        "select r.answered_by, r.answer_id, m.body_sealed from corrections r left join messages m on m.id = r.answer_id"
        " where r.id = $1 and r.case_id = $2", correction_id, case_id,
    )  # fmt: skip
    if known is None:
        raise NotFound("correction")
    if known["answered_by"] is not None:
        mine = known["answered_by"] == by.person_id
        if mine and unseal_text(sealer, case_id, known["answer_id"], known["body_sealed"]) == clean:
            return
        raise Refused("answered", verb="answer_correction")
    message = await write_message(db, sealer, by, case_id, clean, passes_turn=False)
    await db.execute(
        "update corrections set answered_at = now(), answered_by = $3, answer_id = $4"
        " where id = $1 and case_id = $2 and answered_at is null",
        correction_id, case_id, by.person_id, UUID(message.data["message"]),
    )  # fmt: skip
    await record(db, case_id, "correction_answered", by.kind, by.person_id)


async def list_corrections(db: Connection, sealer: Sealer, case_id: UUID, masked_as: str = "") -> list[Correction]:
    """The wishes of a case that the caller has seen, the first one first; `masked_as` as in list_messages."""
    rows = await db.fetch(
        "select r.id, r.seq, r.kind, r.body_sealed, r.by_id, r.at, r.answered_at, r.answer_id, m.body_sealed as answer,"
        " case when $2 <> '' and p.protected = 'yes' and p.id is distinct from c.patient_id then $2"
        " else p.given_name || ' ' || p.surname end as by_name,"
        " coalesce(s.given_name || ' ' || s.surname, '') as answered_by from corrections r"
        " join cases c on c.id = r.case_id join residents p on p.id = r.by_id"
        " left join staff s on s.id = r.answered_by left join messages m on m.id = r.answer_id"
        " where r.case_id = $1 order by r.seq",
        case_id, masked_as,
    )  # fmt: skip
    return [
        Correction(
            id=row["id"], seq=row["seq"], kind=row["kind"], text=_text(sealer, case_id, row["id"], row["body_sealed"]),
            by_id=row["by_id"], by_name=row["by_name"], at=row["at"], answered_by=row["answered_by"],
            answer=unseal_text(sealer, case_id, row["answer_id"], row["answer"]) if row["answer_id"] else "",
            answered_at=row["answered_at"],
        ) for row in rows
    ]  # fmt: skip


_WAITING = f"""
from corrections r join cases c on c.id = r.case_id join visits v on v.id = c.visit_id
join residents p on p.id = c.patient_id where r.answered_at is null and {policy.asked("answer_correction")}
"""

#: How many wishes at the unit wait for an answer.
WAITING: Final = f"select count(*) {_WAITING}"


async def list_waiting(db: Connection, by: By) -> list[Waiting]:
    """The unit's wishes without an answer, the oldest first, at most 200; logged as one row."""
    rows = await db.fetch(
        "select r.case_id, c.entry, c.reason, c.protocol, c.patient_birth_on as birth_on, p.protected,"
        f" p.given_name || ' ' || p.surname as name, r.kind, r.at {_WAITING} order by r.at, r.id limit 200",
        *by.asking(),
    )
    await log_access(db, by, "corrections", None, [row["case_id"] for row in rows])
    return [Waiting(**dict(row)) for row in rows]


def _text(sealer: Sealer, case_id: UUID, correction_id: UUID, sealed: bytes) -> str:
    return sealer.unseal("correction", sealed, case_id.bytes + correction_id.bytes).decode()
