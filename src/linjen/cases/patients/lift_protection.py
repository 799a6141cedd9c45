"""Häva Skyddad identitet: a Ja becomes Nej by a care role who has looked in the record system today, and says why.

A Ja that the register has given lately is never taken back by hand: it is right or is mended there
(docs/decisions/register-before-a-no.md).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from linjen.access import policy
from linjen.access.by import By
from linjen.cases.loading import open_case
from linjen.cases.patients.contact import PROTECTION_COUNTS
from linjen.cases.patients.record_system import has_looked_today
from linjen.cases.talk.message import check_text
from linjen.core import clock
from linjen.core.database import Connection
from linjen.core.errors import Refused
from linjen.core.events import record
from linjen.core.ids import new_id
from linjen.core.sealing import Sealer
from linjen.people.contacts import find_register_yes, swap_protected

LONGEST_WHY: Final = 500

# Another unit's words are read where its cases are (access/policy.py), and one's own wherever one is.
_LATEST = f"""
select l.id, l.case_id, l.by_id, l.why_sealed from protection_liftings l join cases c on c.id = l.case_id
join visits v on v.id = c.visit_id
join residents r on r.id = c.patient_id where r.id = $3 and l.at = r.protected_set_at and r.protected = 'no'
  and (l.by_id = $1 or not {policy.blocked_case(person="$1", unit="$2")})
order by l.at desc limit 1
"""


async def lift_protection(db: Connection, sealer: Sealer, by: By, case_id: UUID, why: str) -> UUID:
    """Set the patient's flag from 'yes' to 'no'; whose it is. The same form once more changes nothing.

    Raises Invalid as check_text with field "why", Refused('register_says_yes') where the register's own Ja is at most a
    day old, Refused('record_not_opened') for who has not looked today, Refused('changed') when it is no Ja any more,
    and as open_case.
    """
    clean = check_text(why, "why", LONGEST_WHY)
    case = await open_case(db, by, case_id, "lift_protection")
    if case.patient_id is None:  # a sent case always has a patient; the type does not say so
        raise LookupError("a case without a patient")
    said_at = await find_register_yes(db, case.patient_id)
    if said_at is not None and clock.now() - said_at <= PROTECTION_COUNTS:
        raise Refused("register_says_yes", verb="lift_protection")
    if not await has_looked_today(db, by, case.patient_id):
        raise Refused("record_not_opened", verb="lift_protection")
    if not await swap_protected(db, case.patient_id, "no", "yes", by.person_id):
        if await find_lifted_why(db, sealer, by, case.patient_id, by.person_id) == clean:
            return case.patient_id
        raise Refused("changed", verb="lift_protection")
    event = await record(db, case_id, "protection_set", by.kind, by.person_id, {"protected": "no", "lifted": True})
    lifting = new_id()
    await db.execute(
        "insert into protection_liftings (id, case_id, seq, by_id, why_sealed) values ($1, $2, $3, $4, $5)",
        lifting, case_id, event.seq, by.person_id,
        sealer.seal("protection_lifted", clean.encode(), case_id.bytes + lifting.bytes),
    )  # fmt: skip
    return case.patient_id


async def find_lifted_why(
    db: Connection, sealer: Sealer, by: By, patient_id: UUID, by_id: UUID | None = None
) -> str:  # fmt: skip
    """Why the Nej that stands was set over a Ja, '' where it was not (or not by `by_id`), or is blocked for `by`.

    Only for staff who have seen a case of the patient by see_case.
    """
    row = await db.fetchrow(_LATEST, by.person_id, by.unit_id, patient_id)
    if row is None or by_id not in {None, row["by_id"]}:
        return ""
    about = row["case_id"].bytes + row["id"].bytes
    return sealer.unseal("protection_lifted", row["why_sealed"], about).decode()
