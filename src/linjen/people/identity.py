"""Vem har loggat in: the person whom BankID vouches for becomes a resident, with name, protection and children."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from linjen.access.ages import OWN_FROM_YEARS
from linjen.core import clock
from linjen.core.database import Connection, Database
from linjen.core.errors import Invalid, NotFound, Refused, Unavailable
from linjen.core.logs import get_log
from linjen.core.personal_number import PersonalNumber, age_years, parse_personal_number
from linjen.core.sealing import Sealer
from linjen.integrations.person_data import Person, PersonData
from linjen.people.guardians import end_bonds, set_children
from linjen.people.residents import Resident, note_signed_in, register

log = get_log(__name__)

#: Nobody waits longer than this for the person-data service at sign-in, in seconds.
LOOK_UP_S = 6.0


class Known(msgspec.Struct, frozen=True):
    """What the service says today: the person and her children. `person` is None for somebody it does not know."""

    person: Person | None
    children: Sequence[Person]


async def recognise(
    database: Database,
    sealer: Sealer,
    person_data: PersonData | None,
    number_text: str,
    given_name: str,
    surname: str,
) -> UUID:
    """The resident's id, for a person identified by 12 digits and the names that BankID gives.

    Raises Refused: number_unreadable, too_young (under 13), deregistered (has died or moved abroad). Without the
    person-data service the sign-in still works: protection stays 'unchecked' and the children known before stay.
    """
    try:
        number = parse_personal_number(number_text)
    except Invalid as error:
        raise Refused("number_unreadable") from error
    known = await _look_up(person_data, number)
    person = known.person if known else None
    if person is not None and person.deregistered:
        raise Refused("deregistered")
    born_on = number.birth_on or (person.birth_on if person else None)
    if born_on is None:
        raise Refused("number_unreadable")
    if age_years(born_on, clock.local_date(clock.now())) < OWN_FROM_YEARS:
        raise Refused("too_young")
    async with database.transaction() as db:
        resident = await _write(db, sealer, number, (given_name, surname), person)
        if resident.first_signed_in_at is None:
            await note_signed_in(db, resident.id)
        if resident.protected == "yes":
            await end_bonds(db, [resident.id])
        if known is not None:
            children = [] if resident.protected == "yes" else known.children
            await set_children(db, resident.id, await _register_children(db, sealer, children))
    return resident.id


async def _look_up(person_data: PersonData | None, number: PersonalNumber) -> Known | None:
    """None when the service is not there or does not answer in time."""
    if person_data is None:
        return None
    try:
        async with asyncio.timeout(LOOK_UP_S):
            person = await person_data.see_person(number)
            children = await person_data.see_persons(person.children) if person.children else {}
            return Known(person, list(children.values()))
    except NotFound:
        return Known(None, [])
    except (Unavailable, TimeoutError) as error:
        log.warning("person_data_unavailable", reason=getattr(error, "reason", "timeout"))
        return None


async def _write(
    db: Connection, sealer: Sealer, number: PersonalNumber, names: tuple[str, str], person: Person | None
) -> Resident:
    if person is None:
        return await register(db, sealer, number, *names)
    # BankID's number is the present one: the register has refused an older one before it came this far.
    given_name = person.called_name or person.given_name or names[0]
    protected = "yes" if person.protected else "no"
    return await register(
        db, sealer, number, given_name, person.surname or names[1], protected=protected, birth_on=person.birth_on
    )


async def _register_children(db: Connection, sealer: Sealer, children: Sequence[Person]) -> list[UUID]:
    """Children whom the resident may write for. A protected child's guardian gets no bond: it would tell where she
    is (quality: the bond is cut if either is protected); nor does that of a child who is deregistered."""
    ids = []
    for child in children:
        if child.protected or child.deregistered or child.birth_on is None:
            continue
        names = child.called_name or child.given_name, child.surname
        resident = await register(
            db, sealer, child.personal_number, *names, protected="no", birth_on=child.birth_on
        )  # fmt: skip
        if resident.protected != "yes":  # staff may have set what the register does not say
            ids.append(resident.id)
    return ids
