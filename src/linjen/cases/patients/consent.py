"""Lämna samtycke: what the resident allows, with time and wording. A refusal stops nothing but is kept as such."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.core.events import record
from linjen.core.ids import new_id

CARE_HISTORY = "care_history"
MEDICATION_LIST = "medication_list"
DIALOGUE = "dialogue"
FEE = "fee"

#: What she has allowed care to read, and takes back when she likes; what a visit costs is information.
WITHDRAWN: Final = (CARE_HISTORY, MEDICATION_LIST)

#: Which text the resident saw; raised when the wording changes in meaning.
WORDING = "2026-11"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One choice as it was made (UTC), by name."""

    case_id: UUID
    kind: str
    choice: bool
    given_at: datetime
    by_id: UUID
    by_name: str


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


async def withdraw_consent(db: Connection, by: By, case_id: UUID, kind: str) -> None:
    """Dra tillbaka: from this moment it is not allowed. Every earlier choice is kept; once more changes nothing.

    Raises Invalid('unknown_kind') with field "kind" for what is no consent of this sort, and as open_case.
    """
    if kind not in WITHDRAWN:
        raise Invalid("unknown_kind", "kind")
    case = await open_case(db, by, case_id, "withdraw_consent")
    if case.patient_id is None or not await find_choice(db, case.id, kind):
        return
    await db.execute(
        "insert into consents (id, case_id, resident_id, given_by, kind, choice, wording)"
        " values ($1, $2, $3, $4, $5, false, $6)",
        new_id(), case.id, case.patient_id, by.person_id, kind, WORDING,
    )  # fmt: skip
    await record(db, case.id, "consent_withdrawn", by.kind, by.person_id, {"consent": kind})


async def list_choices(db: Connection, case_ids: Sequence[UUID]) -> list[Choice]:
    """Every choice in these cases of what care may read, the latest first; for a resident who has seen them.

    Whoever else in the family chose and is protected has no name here.
    """
    rows = await db.fetch(
        "select o.case_id, o.kind, o.choice, o.given_at, o.given_by as by_id,"
        " case when r.protected = 'yes' and r.id is distinct from o.resident_id then ''"
        " else r.given_name || ' ' || r.surname end as by_name from consents o"
        " join cases c on c.id = o.case_id and c.patient_id = o.resident_id join residents r on r.id = o.given_by"
        " where o.case_id = any($1) and o.kind = any($2) order by o.given_at desc, o.id desc limit 500",
        list(case_ids), list(WITHDRAWN),
    )  # fmt: skip
    return [Choice(**dict(row)) for row in rows]
