"""Sök patient: a patient found by her personal number, and what staff may do for her outside a case (routine F044).

With a care relation, which is a case at any unit of the care provider, she is found at once. Without one whoever
searches says why first; until then not even whether she is known here is told. Each hit is a row in the access log.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from linjen.access import policy
from linjen.access.access_log import log_access, log_refusal
from linjen.access.by import By
from linjen.cases.talk.message import check_text
from linjen.core.database import Connection, Database
from linjen.core.errors import Invalid, NotFound, Refused
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.people.residents import Resident, see_resident

#: Why somebody is searched for who has no case here; the words stand under patients.reason.
REASONS = ("calls", "visits", "referred", "asked", "other")

LONGEST_WHY = 500


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """A patient as who searched for her may know her. `deregistered` is '', died, moved or other.

    `has_relation` is False when she was only reached by a reason; `dialogue` is None while she has not been asked.
    """

    resident: Resident
    deregistered: str
    has_relation: bool
    signed_in_at: datetime | None
    dialogue: bool | None
    dialogue_at: datetime | None


_REACHED = "select exists (select 1 from residents r where r.id = $3 and {reach})"

_SEE = """
select r.deregistered, r.first_signed_in_at, o.choice, o.given_at, {relation} as has_relation
from residents r left join lateral (select choice, given_at from consents where resident_id = r.id and case_id is null
  order by given_at desc, id desc limit 1) o on true
where r.id = $3 and {reach}
"""


def _statement(text: str, verb: str) -> str:
    where = {"person": "$1::uuid", "unit": "$2::uuid", "session": "$4::uuid"}
    return text.format(
        reach=policy.patient_clause(verb, **where), relation=policy.HAS_CARE_RELATION.format(**where)
    )  # fmt: skip


async def reaches(db: Connection, by: By, resident_id: UUID) -> bool:
    """Whether `by` may open this patient: by a care relation, or since she has said why in this session."""
    return bool(
        await db.fetchval(_statement(_REACHED, "see_patient"), by.person_id, by.unit_id, resident_id, by.session_id)
    )


async def note_hit(db: Connection, by: By, resident_id: UUID) -> None:
    """A search has found this patient: its row in the access log."""
    await log_access(db, by, "search_patient", None, [resident_id])


async def give_reason(db: Connection, sealer: Sealer, by: By, resident_id: UUID, reason: str, why: str) -> None:
    """Keep why `by` opens a patient without a case here. `why` has passed `check_reason`."""
    search_id = new_id()
    await db.execute(
        "insert into patient_searches (id, resident_id, staff_id, unit_id, session_id, reason, why_sealed)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        search_id, resident_id, by.person_id, by.unit_id, by.session_id, reason,
        sealer.seal("patient_search", why.encode(), search_id.bytes),
    )  # fmt: skip


def check_reason(reason: str, why: str) -> str:
    """The text without surrounding white space; Invalid('choose_reason') with field "reason", or as check_text."""
    if reason not in REASONS:
        raise Invalid("choose_reason", "reason")
    return check_text(why, "why", LONGEST_WHY)


async def note_patient_refusal(
    database: Database, by: By, verb: str, resident_id: UUID, error: NotFound | Refused
) -> None:
    """Log a refused attempt at a patient, if there is one; after the attempt's own rollback. Once for each error."""
    if error.is_noted:
        return
    error.is_noted = True
    if await database.fetch_value("select true from residents where id = $1", resident_id):
        await log_refusal(database, by, verb, None, error.reason, [resident_id])


async def see_patient(db: Connection, by: By, resident_id: UUID, verb: str = "see_patient") -> Patient:
    """The patient for reading, with a row in the access log; NotFound when she is out of this person's reach."""
    row = await db.fetchrow(_statement(_SEE, verb), by.person_id, by.unit_id, resident_id, by.session_id)
    if row is None:
        raise NotFound("patient")
    await log_access(db, by, verb, None, [resident_id])
    return Patient(
        resident=await see_resident(db, resident_id), deregistered=row["deregistered"],
        has_relation=row["has_relation"], signed_in_at=row["first_signed_in_at"], dialogue=row["choice"],
        dialogue_at=row["given_at"],
    )  # fmt: skip
