"""Patientinfo: staff set Skyddad identitet after a look in the record system, and keep phone, e-mail and Tolkbehov.

Routine F020, F021, F023. Neither number, address nor language stands in the event. Each change names what it found, so
that of two at once one wins.
"""

from __future__ import annotations

from uuid import UUID

from linjen.access.by import By
from linjen.cases.loading import Case, open_case
from linjen.core.database import Connection
from linjen.core.errors import Invalid, Refused
from linjen.core.events import record
from linjen.people.contacts import (
    Contacts,
    find_contacts,
    find_interpreter,
    find_set_by_hand,
    swap_contacts,
    swap_interpreter,
    swap_protected,
)
from linjen.people.residents import see_resident


async def set_protection(db: Connection, by: By, case_id: UUID, protected: str, was: str) -> UUID:
    """Set the patient's flag to 'yes' or 'no', if it is still what the page showed; whose it is. Once more changes
    nothing.

    A Ja is taken back by lift_protection alone. Raises Invalid('choose') with field "protected",
    Refused('reason_needed') for a Nej over a Ja, Refused('changed') when somebody has set it otherwise meanwhile,
    and as open_case.
    """
    if protected not in {"yes", "no"}:
        raise Invalid("choose", "protected")
    patient_id = _patient(await open_case(db, by, case_id, "set_protection"))
    if (protected, was) == ("no", "yes"):
        raise Refused("reason_needed", verb="set_protection")
    if await swap_protected(db, patient_id, protected, was, by.person_id):
        await record(db, case_id, "protection_set", by.kind, by.person_id, {"protected": protected})
        return patient_id
    now = await see_resident(db, patient_id)
    if now.protected != protected or await find_set_by_hand(db, patient_id) is None:
        raise Refused("changed", verb="set_protection")
    return patient_id


async def change_contact(db: Connection, by: By, case_id: UUID, new: Contacts, was: Contacts) -> None:
    """Keep phone and e-mail, if they still are what the page showed. Once more changes nothing.

    Raises Refused('protected') for one who is not known to be unprotected, whose number no page shows,
    Refused('changed') when somebody has changed them meanwhile, and as open_case.
    """
    patient_id = _patient(await open_case(db, by, case_id, "change_contact"))
    if (await see_resident(db, patient_id)).protected != "no":
        raise Refused("protected", verb="change_contact")
    if await find_contacts(db, patient_id) == new:
        return
    if not await swap_contacts(db, patient_id, new, was):
        raise Refused("changed", verb="change_contact")
    await record(db, case_id, "contact_changed", by.kind, by.person_id)


async def set_interpreter(db: Connection, by: By, case_id: UUID, language: str, was: str) -> None:
    """Tolkbehov: keep the language, '' for no need, if what the page showed still stands. Once more changes nothing.

    `language` is as parse_interpreter gives it; it is kept of a protected patient too, since it does not tell where she
    is. Raises Refused('changed') when somebody has changed it meanwhile, and as open_case.
    """
    patient_id = _patient(await open_case(db, by, case_id, "set_interpreter"))
    if await find_interpreter(db, patient_id) == language:
        return
    if not await swap_interpreter(db, patient_id, language, was):
        raise Refused("changed", verb="set_interpreter")
    await record(db, case_id, "interpreter_set", by.kind, by.person_id)


def _patient(case: Case) -> UUID:
    if case.patient_id is None:  # a sent case always has a patient; the type does not say so
        raise LookupError("a case without a patient")
    return case.patient_id
