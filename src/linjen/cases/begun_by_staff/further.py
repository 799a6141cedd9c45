"""Fler frågor: the questions of a further contact reason in an open case, with a level of their own.

The patient answers them on her pages, or staff ask her at the desk or on the phone. A more urgent level raises the
case; none lowers it, and the triage's own level of the case stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.alarms.alarms import keep_alarms
from linjen.cases.intake.interview import Assessment
from linjen.cases.intake.start import Intake
from linjen.cases.loading import Case, open_case, see_case
from linjen.cases.talk.message import check_told, write_message
from linjen.core.database import Connection, Row
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer


class Further(msgspec.Struct, frozen=True, kw_only=True):
    """Questions that were asked. `found` and `answered_at` (UTC) are None while they are not answered."""

    id: UUID
    seq: int
    reason: str
    by_name: str
    with_staff: bool
    asked_at: datetime
    version: int
    intake: Intake
    found: Assessment | None
    level: int | None
    answered_at: datetime | None
    answered_by_kind: str | None


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Which questions: the reason, the interview as it begins, and what the patient is told; '' shows her no card."""

    reason: str
    intake: Intake
    tell: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What the last answer came to, and `said`: the line in the talk that tells staff of a patient's answers."""

    found: Assessment
    said: str


async def ask_further(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, further_id: UUID, asking: Asking
) -> None:  # fmt: skip
    """Begin the questions. `further_id` is made by the form: once more it changes nothing.

    Raises Invalid('already_asked', "reason") while the same ones wait for answers, Refused('not_symptom') in an
    administrative case, whose readers see no medical history, Reused, Invalid as check_told with field "text", and as
    open_case.
    """
    told = check_told(asking.tell) if asking.tell else ""
    case = await open_case(db, by, case_id, "ask_further")
    if case.entry != "symptom":
        raise Refused("not_symptom", verb="ask_further")
    known = await db.fetchrow("select case_id, by_id, reason from further_questions where id = $1", further_id)
    if known is not None:
        ours = (known["case_id"], known["by_id"]) == (case_id, by.person_id)
        must_repeat("reason", ours=ours, same=known["reason"] == asking.reason)
        return
    waits = "select true from further_questions where case_id = $1 and reason = $2 and answered_at is null"
    if await db.fetchval(waits, case_id, asking.reason):
        raise Invalid("already_asked", "reason")
    if told:
        await write_message(db, sealer, by, case_id, told)
    event = await record(db, case_id, "further_asked", by.kind, by.person_id, {"reason": asking.reason})
    await db.execute(
        "insert into further_questions (id, case_id, seq, reason, by_id, with_staff, state_sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        further_id, case_id, event.seq, asking.reason, by.person_id, not told,
        _seal(sealer, "further_state", case_id, further_id, asking.intake),
    )  # fmt: skip


async def save_answers(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, further: Further, intake: Intake,
    answered: Answered | None, levels: Callable[[str], int | None],
) -> None:  # fmt: skip
    """Keep the answers so far; with `answered` they are complete, and the case is raised where they are more urgent.

    Raises Refused('changed') when somebody has answered since `further` was read, and as open_case.
    """
    case = await open_case(db, by, case_id, "answer_further")
    found = answered.found if answered else None
    level = found.urgency if found else None
    if found is not None and level is None:
        raise Invalid("no_level", "level")
    done = await db.fetchval(
        "update further_questions set state_sealed = $4, version = version + 1, result_sealed = $5, level = $6,"
        " answered_at = case when $6::smallint is not null then now() end,"
        " answered_by_kind = case when $6::smallint is not null then $7 end"
        " where id = $1 and case_id = $2 and version = $3 and answered_at is null returning true",
        further.id, case_id, further.version, _seal(sealer, "further_state", case_id, further.id, intake),
        _seal(sealer, "further_result", case_id, further.id, found) if found else None, level, by.kind,
    )  # fmt: skip
    if not done:
        raise Refused("changed", verb="answer_further")
    if answered is not None and level is not None:
        await keep_alarms(db, sealer, case_id, answered.found.words, levels, None, _confirmed(answered.found, intake))
        await _raise(db, by, case, further, level)
        if not by.is_staff:  # so that it is unread, her turn is over, and nobody needs to look for it
            await write_message(db, sealer, by, case_id, answered.said, {"opening": True})


def _confirmed(found: Assessment, intake: Intake) -> dict[str, str]:
    """What was answered of the warning signs that the answers named, as an alarm keeps it."""
    words: dict[object, str] = {True: "yes", False: "no"}
    return {code: words.get(intake.said[code], "unknown") for code in found.words if code in intake.said}


async def _raise(db: Connection, by: By, case: Case, further: Further, level: int) -> None:
    before = await db.fetchval("select priority from visits where id = $1 for update", case.visit_id)
    after = min(before, level)
    if after < before:
        await db.execute("update visits set priority = $2 where id = $1", case.visit_id, after)
    data = {"reason": further.reason, "level": level, "from": before, "to": after}
    await record(db, case.id, "further_answered", by.kind, by.person_id, data)


_COLUMNS = (
    "f.id, f.case_id, f.seq, f.reason, s.given_name || ' ' || s.surname as by_name, f.with_staff, f.asked_at,"
    " f.version, f.state_sealed, f.result_sealed, f.level, f.answered_at, f.answered_by_kind"
    " from further_questions f join staff s on s.id = f.by_id"
)


async def see_further(db: Connection, sealer: Sealer, by: By, case_id: UUID, further_id: UUID) -> tuple[Case, Further]:
    """The questions for answering them, and the case; NotFound for those of another case, and as see_case.

    Those that staff ask at the desk are no page of the patient's.
    """
    case = await see_case(db, by, case_id, "answer_further")
    row = await db.fetchrow(f"select {_COLUMNS} where f.id = $1 and f.case_id = $2", further_id, case_id)
    if row is None or (row["with_staff"] and not by.is_staff):
        raise NotFound("further")
    return case, _read(sealer, row)


async def list_further(db: Connection, sealer: Sealer, case_id: UUID) -> list[Further]:
    """All of a case in the order in which they were asked. The caller has seen the case."""
    rows = await db.fetch(f"select {_COLUMNS} where f.case_id = $1 order by f.seq, f.id", case_id)
    return [_read(sealer, row) for row in rows]


def _read(sealer: Sealer, row: Row) -> Further:
    values = dict(row)
    case_id, state, result = (values.pop(name) for name in ("case_id", "state_sealed", "result_sealed"))
    bound = case_id.bytes + row["id"].bytes
    intake = msgspec.json.decode(sealer.unseal("further_state", state, bound), type=Intake)
    found = msgspec.json.decode(sealer.unseal("further_result", result, bound), type=Assessment) if result else None
    return Further(intake=intake, found=found, **values)


def _seal(sealer: Sealer, purpose: str, case_id: UUID, further_id: UUID, content: Intake | Assessment) -> bytes:
    return sealer.seal(purpose, msgspec.json.encode(content), case_id.bytes + further_id.bytes)
