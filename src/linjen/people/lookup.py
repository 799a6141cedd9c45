"""Slå upp en person: what the population register says of a personal number today, kept as a resident.

For staff who search for a patient: her name, whether she is protected, whether she has died and of a child who has
custody are asked anew each time, since all of them decide what may be done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from linjen.access.ages import ADULT_FROM_YEARS
from linjen.core import clock
from linjen.core.database import Connection, Database
from linjen.core.errors import NotFound, Unavailable
from linjen.core.logs import get_log
from linjen.core.personal_number import PersonalNumber, age_years
from linjen.core.sealing import Sealer
from linjen.integrations.person_data import Person, PersonData
from linjen.people.guardians import end_bonds, set_guardians
from linjen.people.residents import Resident, find_by_number, register

log = get_log(__name__)

#: Nobody waits longer than this for the register, in seconds.
LOOK_UP_S = 6.0

#: The register's codes for why somebody was let go of.
_WHY_GONE = {"AV": "died", "UV": "moved"}


async def look_up(
    database: Database, sealer: Sealer, person_data: PersonData | None, number: PersonalNumber
) -> Resident | None:
    """The resident with this number as the register has her now; None when neither it nor we know her.

    Without the register, what was known before is the answer.
    """
    person = await _ask(person_data, number)
    guardians = await _ask_guardians(person_data, person)
    async with database.transaction() as db:
        if person is None or person.birth_on is None:
            return await find_by_number(db, sealer, number)
        resident = await _keep(db, sealer, person)
        if guardians is not None and resident.protected == "no":  # a bond would tell where she is
            await set_guardians(db, resident.id, await _keep_guardians(db, sealer, guardians))
        return resident


async def _ask(person_data: PersonData | None, number: PersonalNumber) -> Person | None:
    if person_data is None:
        return None
    try:
        async with asyncio.timeout(LOOK_UP_S):
            return await person_data.see_person(number)
    except NotFound:
        return None
    except (Unavailable, TimeoutError) as error:
        log.warning("person_data_unavailable", reason=getattr(error, "reason", "timeout"))
        return None


async def _ask_guardians(person_data: PersonData | None, person: Person | None) -> Sequence[Person] | None:
    """Who has custody of a child; None for an adult, and when the register does not say."""
    if person_data is None or person is None or person.protected or person.birth_on is None:
        return None
    if age_years(person.birth_on, clock.local_date(clock.now())) >= ADULT_FROM_YEARS:
        return None
    try:
        async with asyncio.timeout(LOOK_UP_S):
            found = await person_data.see_persons(person.guardians) if person.guardians else {}
            return list(found.values())
    except (Unavailable, TimeoutError) as error:
        log.warning("person_data_unavailable", reason=getattr(error, "reason", "timeout"))
        return None


async def _keep_guardians(db: Connection, sealer: Sealer, guardians: Sequence[Person]) -> list[UUID]:
    """Those who may be known as her guardians: neither protected nor deregistered."""
    known = []
    for one in guardians:
        if one.deregistered or one.birth_on is None:
            continue
        resident = await register(
            db, sealer, one.personal_number, one.called_name or one.given_name, one.surname,
            protected="yes" if one.protected else "no", birth_on=one.birth_on,
        )  # fmt: skip
        if resident.protected != "yes":
            known.append(resident.id)
    return known


async def _keep(db: Connection, sealer: Sealer, person: Person) -> Resident:
    resident = await register(
        db, sealer, person.personal_number, person.called_name or person.given_name, person.surname,
        protected="yes" if person.protected else "no", birth_on=person.birth_on,
    )  # fmt: skip
    if resident.protected == "yes":
        await end_bonds(db, [resident.id])
    gone = _WHY_GONE.get(person.deregistration_code, "other") if person.deregistered else ""
    await db.execute("update residents set deregistered = $2 where id = $1 and deregistered <> $2", resident.id, gone)
    return resident
