"""Nytt ärende för någon som ringer: staff answer the resident's questions for a caller, and the case waits as any.

The caller is on the line, so nothing is asked of her beforehand: she may never have signed in, and be a child under one
year. The case is the patient's own, or that of the guardian who calls about her child under 13, who then reads and
answers it by the same rules as one that she wrote; what was said stands in it as staff wrote it, and who that was.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.begun_by_staff.outreach import check_entry, insert_case, is_begun, is_child, signs_in
from linjen.cases.intake.assessments import note_assessed
from linjen.cases.intake.interview import Assessment
from linjen.cases.intake.start import Intake, read_intake, seal_result
from linjen.cases.loading import see_case
from linjen.cases.patients.dialogue import find_dialogue, take_turns
from linjen.cases.patients.patients import Patient, see_patient
from linjen.cases.talk.message import check_text
from linjen.cases.waiting.queues import queue_of
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer
from linjen.people.guardians import is_guardian
from linjen.people.residents import see_resident

LONGEST = 4_000


class PhoneCase(msgspec.Struct, frozen=True, kw_only=True):
    """What was told and answered on the phone. `intake` holds the words and the interview, `found` what it came to.

    `level` 1–5 is where the case is sorted; it is the triage's own where there was one. `guardian_id` is who calls,
    where that is a guardian of the child.
    """

    entry: str
    intake: Intake
    level: int
    found: Assessment
    to_queue: bool = True
    guardian_id: UUID | None = None


def why_no_phone_case(patient: Patient) -> str:
    """'' when a case may be added for her, else deceased."""
    return "deceased" if patient.deregistered == "died" else ""


async def add_phone_case(
    db: Connection, sealer: Sealer, by: By, patient_id: UUID, case_id: UUID, told: PhoneCase
) -> None:
    """Add the case. `case_id` is made by the form: the same form once more does nothing.

    Whose it is is told by SMS only if she signs in here and has not asked to be left alone. Raises NotFound when the
    patient is out of reach, Refused('not_guardian') for who has no custody (any more) of a child under 13, Refused as
    `why_no_phone_case` and check_entry, Invalid as check_text with field "text".
    """
    check_text(told.intake.text, "text", LONGEST)
    if not 1 <= told.level <= 5:
        raise Invalid("level", "level")
    await take_turns(db, patient_id)
    patient = await see_patient(db, by, patient_id, "begin_case")
    if await is_begun(db, by, patient_id, case_id):
        same = (await read_intake(db, sealer, case_id)) == told.intake
        must_repeat("text", ours=True, same=same)
        return
    if reason := why_no_phone_case(patient):
        raise Refused(reason, verb="begin_case")
    await check_entry(db, by, told.entry)
    await _check_guardian(db, patient, told.guardian_id)
    opened_by = told.guardian_id
    visit_id = await insert_case(db, sealer, by, patient, case_id, told.entry, told.intake, opened_by=opened_by)
    holder = None if told.to_queue else by.person_id
    await db.execute(
        "insert into visits (id, case_id, unit_id, priority, for_role, state, holder_id, claimed_at)"
        " values ($1, $2, $3, $4, $5, case when $6::uuid is null then 'queued' else 'in_progress' end, $6,"
        " case when $6::uuid is not null then now() end)",
        visit_id, case_id, by.unit_id, told.level, queue_of(told.entry), holder,
    )  # fmt: skip
    await _keep(db, sealer, by, case_id, told)
    data = {"entry": told.entry, "how": "phone", "told": await _hears(db, patient, opened_by)}
    if told.to_queue:  # who has another case open is told of it as of what a resident sends
        data |= {"waits": True, "urgency": told.level}
    await record(db, case_id, "case_begun", by.kind, by.person_id, data)


async def _check_guardian(db: Connection, patient: Patient, guardian_id: UUID | None) -> None:
    if guardian_id is None:
        return
    if not is_child(patient) or not await is_guardian(db, guardian_id, patient.resident.id):
        raise Refused("not_guardian", verb="begin_case")


async def _hears(db: Connection, patient: Patient, guardian_id: UUID | None) -> bool:
    """Whether there is somebody to tell who has not asked to be left alone."""
    if guardian_id is None:
        return signs_in(patient) and patient.dialogue is not False
    guardian = await see_resident(db, guardian_id)
    return guardian.first_signed_in_at is not None and await find_dialogue(db, guardian_id) is not False


async def _keep(db: Connection, sealer: Sealer, by: By, case_id: UUID, told: PhoneCase) -> None:
    """What the interview came to, with the case and for the figures."""
    found = told.found
    await db.execute(
        "update cases set urgency = $2, reason = $3, protocol = $4, staff_unread = $5 where id = $1",
        case_id, found.urgency, found.contact_reason, found.protocol, 1 if told.to_queue else 0,
    )  # fmt: skip
    sealed = seal_result(sealer, case_id, msgspec.json.encode(found))
    await db.execute("update intakes set result_sealed = $2 where case_id = $1", case_id, sealed)
    if found.urgency is not None:
        case = await see_case(db, by, case_id)
        reason = found.contact_reason
        await note_assessed(db, case, told.intake, level=found.urgency, reason=reason, outcome="sent")
