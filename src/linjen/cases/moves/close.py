"""Avsluta: the holder ends the case with a reason. Never by itself (routine F039)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from linjen.access.by import By
from linjen.cases.alarms.alarms import find_standing
from linjen.cases.loading import open_case
from linjen.cases.moves.ending import check_end, look_at_end, told_as
from linjen.cases.talk.actions import find_waiting, settle_action
from linjen.cases.talk.call_back import end_calls
from linjen.cases.talk.message import check_told, unseal_text, write_message
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.events import record
from linjen.core.sealing import Sealer

#: Why a case ended; its words stand under clinic.close.reasons and case.closed.
REASONS = (
    "advice",
    "booked",
    "prescribed",
    "ticketed",
    "redirected",
    "inactive",
    "wrong_unit",
    "withdrawn",
    "other_way",
)

#: Avgift: a medical judgement; advice costs nothing (routine F073–F074). The invoice is sent by the region.
FEES = ("none", "prescription", "certificate", "visit", "digital_visit")


class LastWord:
    """What the patient is told as the case ends, looked at before anything is done: Invalid with field "tell" as
    check_told.
    """

    def __init__(self, sealer: Sealer, text: str) -> None:
        self.sealer = sealer
        self.text = check_told(text, "tell")


async def close(
    db: Connection, by: By, case_id: UUID, reason: str, dealt_with: Collection[UUID] = (),
    reached: Mapping[UUID, str] | None = None, fee: str = "none", *, drawn_at: int | None = None,
    last: LastWord | None = None,
) -> bool:  # fmt: skip
    """End the case; whether it was this call that ended it. `last` is sent to the patient before it ends.

    `dealt_with` are the alarms that its holder says she has taken care of; the event keeps them. `reached` says of
    cards that the patient has not confirmed how else she was reached (cases/talk/actions.py), `fee` what it costs.

    Raises Invalid('unknown_reason'), Invalid('unknown_fee'), Invalid('alarms_left') while another alarm may be so,
    Invalid('written_meanwhile') when the resident has written since the case's number `drawn_at`,
    Invalid('actions_left') while a card waits, and as check_end, open_case and settle_action. The same close once more
    changes nothing; with another last word it is refused, since nobody would get to read it.
    """
    if reason not in REASONS:
        raise Invalid("unknown_reason", "reason")
    if fee not in FEES:
        raise Invalid("unknown_fee", "fee")
    try:
        await open_case(db, by, case_id, "close")
    except Refused:
        if await _is_done(db, by, case_id, reason, last):
            return False
        raise
    standing = await find_standing(db, case_id)
    if standing - set(dealt_with):
        raise Invalid("alarms_left", "dealt_with")
    if await count_written_since(db, case_id, drawn_at):
        raise Invalid("written_meanwhile", "written")
    await _end_actions(db, by, case_id, reached or {})
    ending = await look_at_end(db, case_id)
    check_end(ending, reason, has_last=last is not None)
    told = told_as(ending, reason, has_last=last is not None)
    if last is not None:
        await write_message(db, last.sealer, by, case_id, last.text, passes_turn=False)
    await db.execute(
        "update visits set state = 'closed', holder_id = null, claimed_at = null, closed_at = now(),"
        " closed_by = $2, close_reason = $3, fee = $4 where id = (select visit_id from cases where id = $1)",
        case_id, by.person_id, reason, fee,
    )  # fmt: skip
    await end_calls(db, case_id)
    await record(db, case_id, "closed", by.kind, by.person_id, _data(reason, fee, standing, told))
    return True


async def count_written_since(db: Connection, case_id: UUID, drawn_at: int | None) -> int:
    """How many messages of the resident are newer than what the page showed; 0 where that is not known."""
    newer = "select count(*) from messages where case_id = $1 and by_kind = 'resident' and seq > $2"
    return 0 if drawn_at is None else int(await db.fetchval(newer, case_id, drawn_at))


async def _end_actions(db: Connection, by: By, case_id: UUID, reached: Mapping[UUID, str]) -> None:
    for action_id in await find_waiting(db, case_id):
        if action_id not in reached:
            raise Invalid("actions_left", "actions")
        await settle_action(db, by, case_id, action_id, reached[action_id])


def _data(reason: str, fee: str, standing: Collection[UUID], told: str) -> dict[str, Any]:
    """What the event keeps; `told` where the patient reads other words than those of the reason."""
    alarms = {"alarms": sorted(map(str, standing))} if standing else {}
    other = {"told": told} if told != reason else {}
    return {"reason": reason, **alarms, **({"fee": fee} if fee != "none" else {}), **other}


async def find_fee(db: Connection, case_id: UUID) -> str:
    """What the closed case costs, one of FEES; 'none' also where nothing was said. The caller has seen the case."""
    sql = "select v.fee from cases c join visits v on v.id = c.visit_id where c.id = $1"
    return await db.fetchval(sql, case_id) or "none"


_DONE = """
select m.id, m.body_sealed from cases c join visits v on v.id = c.visit_id
join events e on e.case_id = c.id and e.kind = 'closed'
left join messages m on m.case_id = c.id and m.seq = e.seq - 1 and m.by_id = v.closed_by
where c.id = $1 and v.state = 'closed' and v.closed_by = $2 and v.close_reason = $3 order by e.seq desc limit 1
"""


async def _is_done(db: Connection, by: By, case_id: UUID, reason: str, last: LastWord | None) -> bool:
    """Whether this person has closed the case just so: a form that was sent twice."""
    row = await db.fetchrow(_DONE, case_id, by.person_id, reason)
    if row is None or last is None:
        return row is not None
    return row["id"] is not None and unseal_text(last.sealer, case_id, row["id"], row["body_sealed"]) == last.text
