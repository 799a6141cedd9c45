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


#: The latest choice of each kind for the case's patient: one made before it came to concern somebody else is none.
_LATEST = """
select distinct on (o.kind) o.kind, o.choice, o.wording, o.given_at from consents o
where o.case_id = {case} and o.resident_id = {patient} order by o.kind, o.given_at desc, o.id desc
"""


def consents_json(case: str) -> str:
    """SQL: the consents of a statement's own case (`case` is its alias) as a JSON array; as `list_consents`."""
    latest = _LATEST.format(case=f"{case}.id", patient=f"{case}.patient_id")
    return f"(select coalesce(jsonb_agg(to_jsonb(o)), '[]') from ({latest}) o)"


async def list_consents(db: Connection, case_id: UUID) -> list[Consent]:
    """The latest choice of each kind for the case's patient, for whoever has seen the case (routine F017)."""
    patient = "(select c.patient_id from cases c where c.id = $1)"
    rows = await db.fetch(_LATEST.format(case="$1", patient=patient), case_id)
    return [Consent(**dict(row)) for row in rows]


async def find_choice(db: Connection, case_id: UUID, kind: str) -> bool | None:
    """The latest choice of one kind, or None when it has not been asked."""
    return next((consent.choice for consent in await list_consents(db, case_id) if consent.kind == kind), None)
