"""Lämna över besök: a case goes on to another role, person or unit of the same care provider (routine F048–F054, F060).

The history follows, and the case keeps its place: it waits from when it first came. Another care provider is reached by
a ticket, never by this. What the sender writes to the receiver is sealed and never the patient's to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.blocks.block import is_blocked_here
from linjen.cases.loading import Case, open_case
from linjen.cases.talk.message import check_optional, check_told_optional, pass_turn, unseal_text, write_message
from linjen.cases.timeline import find_last_move
from linjen.cases.waiting.queues import TO_QUEUE
from linjen.core.database import Connection
from linjen.core.errors import Invalid, NotFound, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer
from linjen.people.colleagues import Colleague, find_provider, list_colleagues
from linjen.units.handover_rules import find_handover_rules
from linjen.units.shutting import hold_open

LONGEST_NOTE = 2_000

#: Who has no medical history before her: she receives administrative cases.
_ADMIN_ONLY = "medical_secretary"


class Receiver(msgspec.Struct, frozen=True):
    """To whom: everybody with a role at a unit, or one of them."""

    unit_id: UUID
    role: str
    staff_id: UUID | None = None


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """One hand-over as staff read it; `at` is UTC, `to_name` is '' when it was to a role."""

    by_name: str
    to_unit: str
    to_role: str
    to_name: str
    note: str
    at: datetime


def receivers_for(entry: str, colleagues: Sequence[Colleague]) -> list[Colleague]:
    """Those who can receive a case of this entry ('symptom' or 'admin')."""
    return [one for one in colleagues if entry == "admin" or one.role != _ADMIN_ONLY]


async def hand_over(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, handover_id: UUID, to: Receiver, *, note: str = "",
    tell: str = "", was: int | None = None, agreed: bool = False,
) -> None:  # fmt: skip
    """Put the case into the receiver's queue. `handover_id` is made by the form: the same form once more does nothing.

    `note` is for the receiver, `tell` is sent to the patient first: by its holder, or while it waits by who hands it
    over, where nobody has moved it since `was`. `was` is the number of
    the case's last move when the form was drawn (timeline.find_last_move), 0 for none: of two who hand over the same
    waiting case one wins. `agreed` says that the patient has been asked, which is wanted where she has blocked what
    this unit documents and it goes to another one.

    Raises Refused('moved') for the other, and for who would tell the patient something and held the case till lately;
    Refused('other_provider'), Invalid('unit_shut' | 'nobody_there' | 'same_place' | 'admin_only') with field "to",
    Invalid('ask_first') with field "agreed", Invalid('note_needed') with field "note" where the unit wants one,
    Invalid('too_long' | 'unreadable') with field "note" or "tell", Reused with field "note", and as open_case.
    """
    told, noted = check_told_optional(tell, "tell"), check_optional(note, "note", LONGEST_NOTE)
    try:
        case = await open_case(db, by, case_id, "hand_over")
    except (NotFound, Refused):  # it may have left this person's reach by this very form
        if await _is_done(db, sealer, by, case_id, handover_id, to, noted, told):
            return
        raise
    if await _is_done(db, sealer, by, case_id, handover_id, to, noted, told):
        return
    if case.holder_id != by.person_id and (told or was is not None) and was != (await find_last_move(db, case_id)).seq:
        raise Refused("moved", verb="hand_over")
    await _check(db, by, case, to)
    to_be_asked = to.unit_id != case.unit_id and await is_blocked_here(db, case_id)
    if to_be_asked and not agreed:
        raise Invalid("ask_first", "agreed")
    if not noted and case.unit_id and (await find_handover_rules(db, case.unit_id)).note:
        raise Invalid("note_needed", "note")
    if told:
        await write_message(db, sealer, by, case_id, told, passes_turn=False)
    data: dict[str, object] = {"role": to.role, "unit": str(to.unit_id), "from": str(case.unit_id)} | (
        {"agreed": True} if to_be_asked else {}
    )
    event = await record(db, case_id, "handed_over", by.kind, by.person_id, data)
    await db.execute(
        f"update visits set {TO_QUEUE}, unit_id = $2, for_role = $3, for_staff_id = $4 where id = $1",
        case.visit_id, to.unit_id, to.role, to.staff_id,
    )  # fmt: skip
    await db.execute("update cases set unit_id = $2 where id = $1 and unit_id <> $2", case_id, to.unit_id)
    await pass_turn(db, case_id, "staff")
    sealed = sealer.seal("handover", noted.encode(), case_id.bytes + handover_id.bytes) if noted else None
    await db.execute(
        "insert into handovers (id, case_id, seq, by_id, from_unit_id, to_unit_id, to_role, to_staff_id, note_sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        handover_id, case_id, event.seq, by.person_id, case.unit_id, to.unit_id, to.role, to.staff_id, sealed,
    )  # fmt: skip


_KNOWN = """
select h.case_id, h.by_id, h.to_unit_id, h.to_role, h.to_staff_id, h.note_sealed, m.id as told_id, m.body_sealed
from handovers h left join messages m on m.case_id = h.case_id and m.seq = h.seq - 1 and m.by_id = h.by_id
where h.id = $1
"""


async def _is_done(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, handover_id: UUID, to: Receiver, noted: str, told: str
) -> bool:
    """Whether this very form was done before; Reused with field "note" when it held something else."""
    if (known := await db.fetchrow(_KNOWN, handover_id)) is None:
        return False
    ours = (known["case_id"], known["by_id"]) == (case_id, by.person_id)
    same = ours and tuple(known)[2:5] == (to.unit_id, to.role, to.staff_id)
    same = same and _note(sealer, case_id, handover_id, known["note_sealed"]) == noted
    if same and told and known["told_id"] is not None:
        same = unseal_text(sealer, case_id, known["told_id"], known["body_sealed"]) == told
    must_repeat("note", ours=ours, same=same)
    return True


async def _check(db: Connection, by: By, case: Case, to: Receiver) -> None:
    if case.unit_id is None:  # a sent case always has a unit; the type does not say so
        raise LookupError("a case without a unit")
    here = await find_provider(db, case.unit_id)
    if await find_provider(db, to.unit_id) not in {here, None}:
        raise Refused("other_provider", verb="hand_over")
    if to.role == _ADMIN_ONLY and case.entry != "admin":
        raise Invalid("admin_only", "to")
    if to.unit_id != case.unit_id:
        try:
            await hold_open(db, to.unit_id)
        except Refused as shut:
            raise Invalid("unit_shut", "to") from shut
    there = [
        one for one in await list_colleagues(db, case.unit_id)
        if one.unit_id == to.unit_id and one.role == to.role and to.staff_id in {None, one.staff_id}
    ]  # fmt: skip
    if not there:
        raise Invalid("nobody_there", "to")
    if to.staff_id == by.person_id and case.holder_id == by.person_id:
        raise Invalid("same_place", "to")


_HANDOVERS = """
select h.id, h.at, h.note_sealed, h.to_role, u.name as to_unit, s.given_name || ' ' || s.surname as by_name,
  coalesce(r.given_name || ' ' || r.surname, '') as to_name
from handovers h join units u on u.id = h.to_unit_id join staff s on s.id = h.by_id
left join staff r on r.id = h.to_staff_id where h.case_id = $1 order by h.seq desc
"""


async def list_handovers(db: Connection, sealer: Sealer, case_id: UUID) -> list[Handover]:
    """Every hand-over, the latest first. Only for staff who have seen the case by see_case."""
    return [
        Handover(
            by_name=row["by_name"], to_unit=row["to_unit"], to_role=row["to_role"], to_name=row["to_name"],
            at=row["at"], note=_note(sealer, case_id, row["id"], row["note_sealed"]),
        )
        for row in await db.fetch(_HANDOVERS, case_id)
    ]  # fmt: skip


def _note(sealer: Sealer, case_id: UUID, handover_id: UUID, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    return sealer.unseal("handover", sealed, case_id.bytes + handover_id.bytes).decode()
