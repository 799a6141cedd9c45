"""Sparade intervjuer: those that were held to their end, for holding them again with another version of the triage."""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.access.access_log import log_access, log_export
from linjen.access.by import By
from linjen.cases.intake.interview import Assessment, read_state
from linjen.cases.intake.start import open_intake
from linjen.core.database import Connection, Row
from linjen.core.errors import LinjenError
from linjen.core.sealing import Sealer
from linjen.triage import State
from linjen.triage.state import Value


class StoredInterview(msgspec.Struct, frozen=True, kw_only=True):
    """One interview and what it came to then; `questions` counts its pages. `said` holds every answer ever given."""

    case_id: UUID
    state: State
    said: dict[str, Value]
    urgency: int
    reason: str
    questions: int


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A round of interviews by case id, and how many were left out: not finished, or not to be read any more."""

    interviews: list[StoredInterview]
    unfinished: int
    unreadable: int
    last: UUID | None


_READ = """
select i.case_id, i.state_sealed, i.result_sealed from intakes i join cases c on c.id = i.case_id
where c.entry = 'symptom' and ($1::uuid is null or i.case_id {sign} $1) order by i.case_id {order} limit $2
"""
_OLDEST_FIRST, _NEWEST_FIRST = _READ.format(sign=">", order=""), _READ.format(sign="<", order="desc")


async def read_interviews(
    db: Connection, sealer: Sealer, after: UUID | None, most: int = 200, by: By | None = None
) -> Batch:
    """The next interviews behind a case id (None from the start); `last` is None when there were no more.

    It is an export by the operator, the oldest first; or, for a medical approver who is shown nothing but numbers,
    theirs (`by`), the newest first. Either way the ids stand in the access log in the caller's transaction.
    """
    rows = await db.fetch(_NEWEST_FIRST if by else _OLDEST_FIRST, after, most)
    found: list[StoredInterview] = []
    unfinished = unreadable = 0
    for row in rows:
        try:
            one = _read(sealer, row)
        except (LinjenError, msgspec.MsgspecError):
            unreadable += 1
            continue
        if one is None:
            unfinished += 1
        else:
            found.append(one)
    if found and by is not None:
        await log_access(db, by, "replay_triage", shown=[one.case_id for one in found])
    elif found:
        await log_export(db, "replay_triage", [one.case_id for one in found])
    return Batch(
        interviews=found, unfinished=unfinished, unreadable=unreadable, last=rows[-1]["case_id"] if rows else None
    )


def _read(sealer: Sealer, row: Row) -> StoredInterview | None:
    """The interview of a row; None when it has not come to a level."""
    case_id: UUID = row["case_id"]
    intake = open_intake(sealer, case_id, row["state_sealed"])
    state = read_state(intake)
    result = sealer.unseal("intake_result", row["result_sealed"], case_id.bytes) if row["result_sealed"] else b"{}"
    if state is None or result == b"{}":
        return None
    found = msgspec.json.decode(result, type=Assessment)
    if found.urgency is None or not found.complete:
        return None
    return StoredInterview(
        case_id=case_id, state=state, said=intake.said, urgency=found.urgency, reason=found.contact_reason,
        questions=len(state.pages),
    )  # fmt: skip
