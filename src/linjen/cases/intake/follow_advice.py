"""Följ egenvårdsråden: the resident chooses the advice, and what she wrote is kept with it for reading again (F012)."""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.intake.assessments import note_assessed
from linjen.cases.intake.interview import read_assessment
from linjen.cases.intake.start import read_intake
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.events import record
from linjen.core.sealing import Sealer


async def follow_advice(db: Connection, sealer: Sealer, by: By, case_id: UUID) -> None:
    """Close the draft as self-care. Only this does so: a draft that is left is emptied (cases/intake/withdraw.py)."""
    case = await open_case(db, by, case_id, "follow_advice")
    found = await read_assessment(db, sealer, case.id)
    await db.execute(
        "update cases set phase = 'closed', close_reason = 'self_care', closed_at = now(), reason = $2,"
        " protocol = $3 where id = $1",
        case.id, found.contact_reason if found else "", found.protocol if found else "",
    )  # fmt: skip
    if found is not None:
        intake = await read_intake(db, sealer, case.id)
        await note_assessed(db, case, intake, level=5, reason=found.contact_reason, outcome="self_care")
    await record(db, case_id, "advice_followed", by.kind, by.person_id)
