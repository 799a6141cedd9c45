"""Slå upp en person: what the population register says of a personal number today, kept as a resident.

For staff who search for a patient: her name, whether she is protected, and whether she has died are asked anew each
time, since all of them decide what may be done.
"""

from __future__ import annotations

import asyncio

from linjen.core.database import Connection, Database
from linjen.core.errors import NotFound, Unavailable
from linjen.core.logs import get_log
from linjen.core.personal_number import PersonalNumber
from linjen.core.sealing import Sealer
from linjen.integrations.person_data import Person, PersonData
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
    async with database.transaction() as db:
        if person is None or person.birth_on is None:
            return await find_by_number(db, sealer, number)
        return await _keep(db, sealer, person)


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


async def _keep(db: Connection, sealer: Sealer, person: Person) -> Resident:
    resident = await register(
        db, sealer, person.personal_number, person.called_name or person.given_name, person.surname,
        protected="yes" if person.protected else "no", birth_on=person.birth_on,
    )  # fmt: skip
    gone = _WHY_GONE.get(person.deregistration_code, "other") if person.deregistered else ""
    await db.execute("update residents set deregistered = $2 where id = $1 and deregistered <> $2", resident.id, gone)
    return resident
