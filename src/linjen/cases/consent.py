"""Lämna samtycke: what the resident allows, with time and wording. A refusal stops nothing but is kept as such."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.core.database import Connection
from linjen.core.events import record
from linjen.core.ids import new_id

CARE_HISTORY = "care_history"
MEDICATION_LIST = "medication_list"
DIALOGUE = "dialogue"
FEE = "fee"

#: Which text the resident saw; raised when the wording changes in meaning.
WORDING = "2026-11"


class Consent(msgspec.Struct, frozen=True):
    """The latest choice of one kind in a case. `choice` True means allowed."""

    kind: str
    choice: bool
    wording: str
    given_at: datetime


async def give_consent(db: Connection, by: By, case_id: UUID, patient_id: UUID, kind: str, choice: bool) -> None:
    """Keep one choice for the patient, given by the acting resident; the caller holds the case open (routine F016)."""
    await db.execute(
        "insert into consents (id, case_id, resident_id, given_by, kind, choice, wording)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), case_id, patient_id, by.person_id, kind, choice, WORDING,
    )  # fmt: skip
    data = {"consent": kind, "choice": choice}
    await record(db, case_id, "consent_given", by.kind, by.person_id, data)


async def list_consents(db: Connection, case_id: UUID) -> list[Consent]:
    """The latest choice of each kind for the case's patient, for whoever has seen the case (routine F017).

    A choice that was made before the case came to concern somebody else does not count.
    """
    rows = await db.fetch(
        "select distinct on (o.kind) o.kind, o.choice, o.wording, o.given_at from consents o"
        " join cases c on c.id = o.case_id and c.patient_id = o.resident_id where o.case_id = $1"
        " order by o.kind, o.given_at desc, o.id desc",
        case_id,
    )
    return [Consent(**dict(row)) for row in rows]


async def find_choice(db: Connection, case_id: UUID, kind: str) -> bool | None:
    """The latest choice of one kind, or None when it has not been asked."""
    return next((consent.choice for consent in await list_consents(db, case_id) if consent.kind == kind), None)
