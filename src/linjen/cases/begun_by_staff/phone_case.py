"""Nytt ärende för någon i telefon: staff answer the resident's questions for a caller, and the case waits as any other.

The caller is on the line, so nothing is asked of her beforehand: she may never have signed in, and be a child under one
year. The case is the patient's own; what was said stands in it as staff wrote it, and who that was.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.begun_by_staff.outreach import check_entry, insert_case, is_begun, signs_in
from linjen.cases.intake.assessments import note_assessed
from linjen.cases.intake.interview import Assessment
from linjen.cases.intake.start import Intake, read_intake, seal_result
from linjen.cases.loading import see_case
from linjen.cases.patients.dialogue import take_turns
from linjen.cases.patients.patients import Patient, see_patient
from linjen.cases.talk.message import check_text
from linjen.cases.waiting.queues import queue_of
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused, must_repeat
from linjen.core.events import record
from linjen.core.sealing import Sealer

LONGEST = 4_000


class PhoneCase(msgspec.Struct, frozen=True, kw_only=True):
    """What was told and answered on the phone. `intake` holds the words and the interview, `found` what it came to.

    `level` 1–5 is where the case is sorted; it is the triage's own where there was one.
    """

    entry: str
    intake: Intake
    level: int
    found: Assessment
    to_queue: bool = True


def why_no_phone_case(patient: Patient) -> str:
    """'' when a case may be added for her, else deceased."""
    return "deceased" if patient.deregistered == "died" else ""


async def add_phone_case(
    db: Connection, sealer: Sealer, by: By, patient_id: UUID, case_id: UUID, told: PhoneCase
) -> None:
    """Add the case. `case_id` is made by the form: the same form once more does nothing.

    She is told by SMS only if she signs in here and has not asked to be left alone. Raises NotFound when the patient is
    out of reach, Refused as `why_no_phone_case` and check_entry, Invalid as check_text with field "text".
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
    visit_id = await insert_case(db, sealer, by, patient, case_id, told.entry, told.intake)
    holder = None if told.to_queue else by.person_id
    await db.execute(
        "insert into visits (id, case_id, unit_id, priority, for_role, state, holder_id, claimed_at)"
        " values ($1, $2, $3, $4, $5, case when $6::uuid is null then 'queued' else 'in_progress' end, $6,"
        " case when $6::uuid is not null then now() end)",
        visit_id, case_id, by.unit_id, told.level, queue_of(told.entry), holder,
    )  # fmt: skip
    await _keep(db, sealer, by, case_id, told)
    hears = signs_in(patient) and patient.dialogue is not False
    await record(
        db, case_id, "case_begun", by.kind, by.person_id, {"entry": told.entry, "how": "phone", "told": hears}
    )  # fmt: skip


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
