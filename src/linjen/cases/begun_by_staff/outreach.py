"""Vårdinitierad kontakt: staff begin an asynchronous case with a patient who has agreed to it (routine F043–F047).

The case is the patient's own, as if she had begun it, and held by its sender or waiting in one queue. Its first
message is what she is told of.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

from linjen.access.ages import OWN_FROM_YEARS
from linjen.access.by import By
from linjen.cases.intake.send import ADMIN_PRIORITY
from linjen.cases.intake.start import Intake, seal_intake
from linjen.cases.moves.asynchronous import MOST_DAYS
from linjen.cases.patients.dialogue import take_turns
from linjen.cases.patients.patients import Patient, see_patient
from linjen.cases.talk.message import check_told, unseal_text, write_message
from linjen.cases.timeline import find_last_move
from linjen.cases.waiting.queues import queue_of
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused, must_repeat
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.personal_number import age_years
from linjen.core.sealing import Sealer
from linjen.units.shutting import hold_open

ENTRIES = ("admin", "symptom")


class Outreach(msgspec.Struct, frozen=True, kw_only=True):
    """What staff begin with a patient: of which kind, for how many days, and in the sender's hands or in a queue.

    `level` 1–5 is where it is sorted; nothing was triaged, so the case itself has no level.
    """

    entry: str
    days: int
    text: str
    level: int = ADMIN_PRIORITY
    to_queue: bool = False


def why_not(patient: Patient) -> str:
    """'' when care may begin a dialogue with her, else deceased, child, never_signed_in or no_dialogue."""
    if patient.deregistered == "died":
        return "deceased"
    if is_child(patient):
        return "child"
    if patient.signed_in_at is None:
        return "never_signed_in"
    return "" if patient.dialogue else "no_dialogue"


def is_child(patient: Patient) -> bool:
    """Whether she is too young to sign in, so that nobody would read it (routine F015)."""
    return age_years(patient.resident.birth_on, clock.local_date(clock.now())) < OWN_FROM_YEARS


def signs_in(patient: Patient) -> bool:
    """Whether she has signed in herself, so that there is somebody to tell."""
    return patient.signed_in_at is not None and not is_child(patient)


async def begin_asynchronous(
    db: Connection, sealer: Sealer, by: By, patient_id: UUID, case_id: UUID, asked: Outreach
) -> None:
    """Begin the case. `case_id` is made by the form: the same form once more does nothing.

    Raises NotFound when the patient is out of reach, Refused as `why_not`, Refused('admin_only') for a secretary who
    would begin anything but an administrative case, and Invalid as `check_outreach`.
    """
    asked = check_outreach(asked)
    await take_turns(db, patient_id)
    patient = await see_patient(db, by, patient_id, "begin_case")
    if await is_begun(db, by, patient_id, case_id):
        same = await opening(db, sealer, case_id) == asked.text and await _is_so(db, case_id, asked)
        must_repeat("text", ours=True, same=same)
        return
    if reason := why_not(patient):
        raise Refused(reason, verb="begin_case")
    await check_entry(db, by, asked.entry)
    until = clock.local_date(clock.now()) + timedelta(days=asked.days)
    visit_id = await insert_case(db, sealer, by, patient, case_id, asked.entry)
    await db.execute(
        "insert into visits (id, case_id, kind, begun_as, unit_id, priority, for_role, until_on, state, holder_id,"
        " claimed_at) values ($1, $2, 'async', 'async', $3, $4, $5, $6,"
        " case when $7::uuid is null then 'queued' else 'in_progress' end, $7,"
        " case when $7::uuid is not null then now() end)",
        visit_id, case_id, by.unit_id, asked.level, queue_of(asked.entry), until,
        None if asked.to_queue else by.person_id,
    )  # fmt: skip
    data = {"entry": asked.entry, "how": "async", "until": until.isoformat(), "told": True}
    await record(db, case_id, "case_begun", by.kind, by.person_id, data)
    await write_message(db, sealer, by, case_id, asked.text, {"opening": True})


def check_outreach(asked: Outreach) -> Outreach:
    """As it is kept; Invalid('choose_entry' | 'days' | 'level') at its field, or as check_told with field "text"."""
    if asked.entry not in ENTRIES:
        raise Invalid("choose_entry", "entry")
    if not 1 <= asked.days <= MOST_DAYS:
        raise Invalid("days", "days", most=MOST_DAYS)
    if not 1 <= asked.level <= 5:
        raise Invalid("level", "level")
    return msgspec.structs.replace(asked, text=check_told(asked.text))


async def check_entry(db: Connection, by: By, entry: str) -> None:
    """Refused('admin_only') for who has no medical history before her and would begin a case of symptoms, and
    Refused('unit_shut') where her unit is; it is not shut before the caller's transaction ends.
    """
    await hold_open(db, by.unit_id, from_outside=False)
    medical = await db.fetchval(
        "select exists (select 1 from assignments a where a.staff_id = $1 and a.unit_id = $2"
        " and a.role in ('nurse', 'physician', 'physiotherapist', 'counsellor') and a.from_at <= now()"
        " and (a.ended_at is null or a.ended_at > now()))",
        by.person_id, by.unit_id,
    )  # fmt: skip
    if entry != "admin" and not medical:
        raise Refused("admin_only", verb="begin_case")


async def insert_case(
    db: Connection, sealer: Sealer, by: By, patient: Patient, case_id: UUID, entry: str, intake: Intake | None = None,
    *, opened_by: UUID | None = None,
) -> UUID:  # fmt: skip
    """The case's own row, sent as it is made; the id that its visit is to have, which the caller writes at once.

    It is the patient's own unless `opened_by` names the guardian who is to have it.
    """
    visit_id, at = new_id(), clock.now()
    await db.execute(
        "insert into cases (id, entry, phase, patient_id, opened_by, begun_by, unit_id, visit_id, patient_birth_on,"
        " sent_at) values ($1, $2, 'sent', $3, $9, $4, $5, $6, $7, $8)",
        case_id, entry, patient.resident.id, by.person_id, by.unit_id, visit_id, patient.resident.birth_on, at,
        opened_by or patient.resident.id,
    )  # fmt: skip
    await db.execute(
        "insert into intakes (case_id, state_sealed, expires_at) values ($1, $2, $3)",
        case_id, seal_intake(sealer, case_id, intake or Intake()), at,
    )  # fmt: skip
    return visit_id


_BEGUN_AS = """
select c.entry, c.sent_at, (e.data ->> 'until')::date as until, v.state, coalesce(
  (select r.from_level from reprioritisations r where r.case_id = c.id order by r.seq limit 1), v.priority) as level
from cases c join visits v on v.id = c.visit_id
left join events e on e.case_id = c.id and e.kind = 'case_begun' where c.id = $1
"""


async def _is_so(db: Connection, case_id: UUID, asked: Outreach) -> bool:
    """Whether the case was begun as it is asked for: the kind, the day, the level, and in whose hands."""
    row = await db.fetchrow(_BEGUN_AS, case_id)
    if row is None:
        return False
    until = clock.local_date(row["sent_at"]) + timedelta(days=asked.days)
    same = (row["entry"], row["until"], row["level"]) == (asked.entry, until, asked.level)
    moved = (await find_last_move(db, case_id)).seq
    return same and (bool(moved) or (row["state"] == "queued") == asked.to_queue)


async def opening(db: Connection, sealer: Sealer, case_id: UUID) -> str:
    """The text of the message that the case was begun with, '' for none."""
    first = await db.fetchrow("select id, body_sealed from messages where case_id = $1 order by seq limit 1", case_id)
    return unseal_text(sealer, case_id, first["id"], first["body_sealed"]) if first else ""


async def is_begun(db: Connection, by: By, patient_id: UUID, case_id: UUID, field: str = "text") -> bool:
    """Whether this person has begun this very case: a form that was sent twice. Reused at `field` for another."""
    known = await db.fetchrow("select patient_id, begun_by from cases where id = $1", case_id)
    if known is not None:
        must_repeat(field, ours=tuple(known) == (patient_id, by.person_id), same=True)
    return known is not None
