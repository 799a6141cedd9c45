"""Nytt besök: a visit of a later day, with a time (schemalagd) or without one (schemalagt fri), in a case or a new one.

The case is the thread (routine F051): within it the visit that goes on is ended and the booked one follows. It waits
for the person it is booked with, and is nobody's to take from the ledger before its time, unless the patient writes.
"""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.begun_by_staff.outreach import check_entry, insert_case, is_begun, opening, why_not
from linjen.cases.intake.send import ADMIN_PRIORITY
from linjen.cases.loading import open_case
from linjen.cases.moves.handover import receivers_for
from linjen.cases.patients.dialogue import take_turns
from linjen.cases.patients.patients import see_patient
from linjen.cases.talk.message import check_told, unseal_text, write_message
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused, Reused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer
from linjen.people.colleagues import Colleague, list_colleagues
from linjen.units.shutting import hold_open

KINDS = ("scheduled", "scheduled_free")

#: Days ahead that can be booked: further away than that belongs in the record system.
MOST_DAYS = 366

#: What a visit that another one follows on ended with; nobody chooses it.
CONTINUED = "continued"


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """When and with whom: a Swedish day, for 'scheduled' with a time on the Swedish clock, and one person in a role."""

    kind: str
    on: date
    at: time | None
    role: str
    staff_id: UUID

    @property
    def due_at(self) -> datetime:
        """When the visit begins, or its day does; ValueError as clock.at_wall, which check_booking has asked."""
        return clock.at_wall(self.on, self.at or time(0))


async def book_visit(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, visit_id: UUID, booking: Booking, tell: str
) -> None:
    """Let a booked visit follow on the one that `by` holds. `visit_id` is made by the form: once more does nothing.

    `tell` is sent to the patient with it, as the message of the same id. Raises Reused at "tell" when the id has held
    something else, Invalid as `check_booking`, or as check_told with field "tell", and as
    open_case.
    """
    told = check_told(tell, "tell")
    check_booking(booking)
    try:
        case = await open_case(db, by, case_id, "book_visit")
    except Refused:  # whoever has booked it holds it no more; with other words under the same id she is told how it is
        with contextlib.suppress(Reused):
            if await _is_booked(db, sealer, by, case_id, visit_id, booking, told):
                return
        raise
    if await _is_booked(db, sealer, by, case_id, visit_id, booking, told):
        return
    if case.unit_id is None:  # a sent case always has a unit; the type does not say so
        raise LookupError("a case without a unit")
    await _check_who(db, case.unit_id, case.entry, booking)
    await write_message(db, sealer, by, case_id, told, message_id=visit_id)
    await db.execute(
        "update visits set state = 'closed', holder_id = null, claimed_at = null, closed_at = now(), closed_by = $2,"
        " close_reason = $3 where id = $1",
        case.visit_id, by.person_id, CONTINUED,
    )  # fmt: skip
    await _insert(db, by, case_id, visit_id, case.unit_id, case.priority or ADMIN_PRIORITY, booking)
    await db.execute("update cases set visit_id = $2 where id = $1", case_id, visit_id)
    await db.execute("delete from silences where case_id = $1", case_id)  # nothing is waited for before its day
    await record(db, case_id, "visit_booked", by.kind, by.person_id, _data(booking))


async def begin_booked(
    db: Connection, sealer: Sealer, by: By, patient_id: UUID, case_id: UUID, entry: str, booking: Booking, tell: str
) -> None:
    """A booked visit in a case of its own, which care begins: only with who has agreed to it, as Nytt Asynk.

    Raises as `outreach.begin_asynchronous` and `book_visit`.
    """
    told = check_told(tell, "tell")
    check_booking(booking)
    await take_turns(db, patient_id)
    patient = await see_patient(db, by, patient_id, "begin_case")
    if await is_begun(db, by, patient_id, case_id, "tell"):
        same = await _is_so(db, case_id, entry, booking) and await opening(db, sealer, case_id) == told
        must_repeat("tell", ours=True, same=same)
        return
    if reason := why_not(patient):
        raise Refused(reason, verb="begin_case")
    await check_entry(db, by, entry)
    if by.unit_id is None:
        raise LookupError("staff without a unit")
    await _check_who(db, by.unit_id, entry, booking)
    visit_id = await insert_case(db, sealer, by, patient, case_id, entry)
    await _insert(db, by, case_id, visit_id, by.unit_id, ADMIN_PRIORITY, booking)
    data = {"entry": entry, "how": "booked", "told": True}
    await record(db, case_id, "case_begun", by.kind, by.person_id, data)
    await record(db, case_id, "visit_booked", by.kind, by.person_id, _data(booking))
    await write_message(db, sealer, by, case_id, told, {"opening": True})


_BOOKED = """
select v.case_id, v.booked_by, v.begun_as, v.booked_on, v.starts_at, v.for_role, v.for_staff_id, m.body_sealed
from visits v left join messages m on m.id = v.id and m.case_id = v.case_id where v.id = $1
"""


async def _is_booked(
    db: Connection, sealer: Sealer, by: By, case_id: UUID, visit_id: UUID, booking: Booking, told: str
) -> bool:
    """Whether this very form was done before; Reused when its id belongs to something else, or held something else."""
    row = await db.fetchrow(_BOOKED, visit_id)
    if row is None:
        taken = await db.fetchval("select true from messages where id = $1", visit_id)
        must_repeat("tell", ours=not taken, same=True)
        return False
    ours = (row["case_id"], row["booked_by"]) == (case_id, by.person_id)
    starts_at = booking.due_at if booking.kind == "scheduled" else None
    same = (row["begun_as"], row["booked_on"], row["starts_at"]) == (booking.kind, booking.on, starts_at)
    # Whoever has received the visit has taken the place of the person it was booked with.
    same = same and (row["for_staff_id"] is None or row["for_staff_id"] == booking.staff_id)
    if ours and same and row["body_sealed"] is not None:
        same = unseal_text(sealer, case_id, visit_id, row["body_sealed"]) == told
    must_repeat("tell", ours=ours, same=same)
    return True


async def _is_so(db: Connection, case_id: UUID, entry: str, booking: Booking) -> bool:
    """Whether the case was begun with such a visit."""
    row = await db.fetchrow(
        "select c.entry, (select e.data from events e where e.case_id = c.id and e.kind = 'visit_booked' order by e.seq"
        " limit 1) as data, exists (select from visits v where v.case_id = c.id and (v.for_staff_id is null"
        " or v.for_staff_id = $2)) as with_her from cases c where c.id = $1",
        case_id, booking.staff_id,
    )  # fmt: skip
    return row is not None and tuple(row) == (entry, _data(booking), True)


def check_booking(booking: Booking) -> None:
    """Raises Invalid: 'kind', 'past_day' or 'far_day' with field "on", 'no_time', 'left_out_time' or 'past_time' with
    field "time".
    """
    now = clock.now()
    today = clock.local_date(now)
    if booking.kind not in KINDS:
        raise Invalid("kind", "kind")
    if booking.on < today:
        raise Invalid("past_day", "on")
    if booking.on > today + timedelta(days=MOST_DAYS):
        raise Invalid("far_day", "on")
    if booking.kind == "scheduled" and booking.at is None:
        raise Invalid("no_time", "time")
    try:
        due_at = booking.due_at
    except ValueError:
        raise Invalid("left_out_time", "time") from None
    if booking.kind == "scheduled" and due_at <= now:
        raise Invalid("past_time", "time")


async def can_be_booked(db: Connection, unit_id: UUID, entry: str) -> list[Colleague]:
    """Those at the unit whom a visit of such a case can be booked with."""
    there = receivers_for(entry, await list_colleagues(db, unit_id))
    return [one for one in there if one.unit_id == unit_id]


async def _check_who(db: Connection, unit_id: UUID, entry: str, booking: Booking) -> None:
    wanted = (booking.role, booking.staff_id)
    if wanted not in {(one.role, one.staff_id) for one in await can_be_booked(db, unit_id, entry)}:
        raise Invalid("nobody_there", "who")


async def _insert(
    db: Connection, by: By, case_id: UUID, visit_id: UUID, unit_id: UUID, priority: int, booking: Booking
) -> None:
    await hold_open(db, unit_id, from_outside=False)
    starts_at = booking.due_at if booking.kind == "scheduled" else None
    await db.execute(
        "insert into visits (id, case_id, kind, begun_as, unit_id, priority, for_role, for_staff_id, queued_at,"
        " starts_at, booked_on, booked_by) values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        visit_id, case_id, booking.kind, unit_id, priority, booking.role, booking.staff_id, booking.due_at, starts_at,
        booking.on, by.person_id,
    )  # fmt: skip


def _data(booking: Booking) -> dict[str, str]:
    at = booking.due_at.isoformat() if booking.kind == "scheduled" else ""
    return {"visit": booking.kind, "on": booking.on.isoformat(), "at": at}
