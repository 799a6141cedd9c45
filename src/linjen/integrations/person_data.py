"""Personal data (Personuppgiftstjänsten): names, birth date, protection, deregistration, guardians and children.

Contract GetPersonsForProfile 5 of strategicresourcemanagement:persons:person, the plain variant. For a protected
person it gives identity and names only, whatever was asked; that somebody is protected is always told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Self

import msgspec
from lxml import etree

from linjen.core import clock
from linjen.core.errors import NotFound, Unavailable
from linjen.core.personal_number import PersonalNumber, Sex, find_personal_number
from linjen.core.settings import Settings
from linjen.integrations.rivta import Contract, Rivta, add, flag_at, text_at

CONTRACT = Contract(domain="strategicresourcemanagement:persons:person", name="GetPersonsForProfile", major=5)
LOGICAL_ADDRESS = "SE165565594230-1000"
"""Inera's, who runs the service."""
MOST_AT_ONCE = 500

# Profile 1 has identity, names, birth, protection and deregistration; only profile 4 has the relations. It brings
# addresses and contact details too, which are left unread.
_BASIC, _WITH_FAMILY = "P1", "P4"
# The population register's relation codes: V, the other is my guardian; VF, I am the other's guardian.
_GUARDIAN, _GUARDIAN_OF = "V", "VF"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person as the register has it now. `repr` shows nobody.

    `personal_number` is the present one, also when an older one was asked for. `called_name` is the given name in use
    (tilltalsnamn). `protected` is true for both kinds of protection. `deregistration_code` says why: AV has died, UV
    has moved abroad. `children` and `guardians` are custody today, not kinship, and empty when not asked for.
    """

    personal_number: PersonalNumber
    given_name: str
    called_name: str
    surname: str
    birth_on: date | None
    sex: Sex
    protected: bool
    deregistered: bool
    deregistration_code: str = ""
    children: tuple[PersonalNumber, ...] = ()
    guardians: tuple[PersonalNumber, ...] = ()

    def __repr__(self) -> str:
        return "<Person>"


class PersonData:
    """The service as one installation sees it."""

    def __init__(
        self, rivta: Rivta, *, logical_address: str = LOGICAL_ADDRESS, accept_test_persons: bool = False
    ) -> None:
        """Records marked as test persons are thrown away in production, as the contract's rule 4 demands."""
        self._rivta = rivta
        self._logical_address = logical_address
        self._accept_test_persons = accept_test_persons

    @classmethod
    def from_settings(cls, settings: Settings, rivta: Rivta) -> Self:
        """The service behind `rivta`; only the demo accepts test persons."""
        return cls(rivta, accept_test_persons=settings.demo)

    async def see_person(self, number: PersonalNumber) -> Person:
        """One person with children and guardians. Raises NotFound person_unknown; Unavailable, see `Rivta.ask`."""
        found = await self.see_persons([number], with_family=True)
        if number not in found:
            raise NotFound("person_unknown")
        return found[number]

    async def see_persons(
        self, numbers: Iterable[PersonalNumber], *, with_family: bool = False
    ) -> dict[PersonalNumber, Person]:
        """Those who are known, by the number that was asked for; 500 at a time. Raises Unavailable, see `Rivta.ask`.

        Without `with_family` as little as possible is fetched: for refreshing names and protection in batches.
        """
        today = clock.local_date(clock.now())
        found: dict[PersonalNumber, Person] = {}
        for batch in _batches(dict.fromkeys(numbers)):
            answer = await self._rivta.ask(CONTRACT, _request(batch, with_family), self._logical_address)
            found |= self._read(answer, set(batch), today)
        return found

    def _read(self, answer: etree._Element, asked: set[PersonalNumber], today: date) -> dict[PersonalNumber, Person]:
        found = {}
        for requested in answer.iterfind("{*}requestedPersonRecord"):
            record = requested.find("{*}personRecord")
            number = _number_at(requested, "requestedPersonalIdentity")
            if record is None or number not in asked:
                continue
            if flag_at(record, "testIndicator") and not self._accept_test_persons:
                continue
            found[number] = read_record(record, today)
        return found


def read_record(record: etree._Element, today: date) -> Person:
    """A personRecord as a Person, with the custody that holds on the Swedish day `today`.

    Raises Unavailable rivta_answer_unreadable when the identity or the protection flag is missing: nobody may pass
    as unprotected because a field was absent.
    """
    number = _number_at(record, "personalIdentity")
    marked = flag_at(record, "protectedPersonIndicator")
    if number is None or marked is None:
        raise Unavailable("rivta_answer_unreadable", contract=CONTRACT.name)
    given_name = text_at(record, "name", "givenName")
    custody = list(_custody(record, today))
    return Person(
        personal_number=number,
        given_name=given_name,
        called_name=called_name(given_name, text_at(record, "name", "givenNameIndicator")),
        surname=text_at(record, "name", "surname"),
        birth_on=_whole_date(record, "birth", "dateOfBirth") or number.birth_on,
        sex=number.sex,
        protected=marked or flag_at(record, "protectedPopulationRecord") is True,
        deregistered=record.find("{*}deregistration") is not None,
        deregistration_code=text_at(record, "deregistration", "deregistrationReasonCode"),
        children=tuple(other for code, other in custody if code == _GUARDIAN_OF),
        guardians=tuple(other for code, other in custody if code == _GUARDIAN),
    )


def called_name(given_name: str, indicator: str) -> str:
    """The given name in use: the register counts names and halves of double names from 1, and says first and last.

    20 is the second name, 12 the first two, 23 in "Hedvig Britt-Marie" is Britt-Marie. Without a usable indicator
    all given names are the answer.
    """
    if len(indicator) != 2 or not indicator.isdecimal() or indicator[0] == "0":
        return given_name
    first = int(indicator[0])
    last = int(indicator[1]) or first
    chosen, place = [], 1
    for name in given_name.split():
        after = place + name.count("-") + 1
        if place <= last and after > first:
            chosen.append(name)
        place = after
    return " ".join(chosen) or given_name


def _batches(numbers: Iterable[PersonalNumber]) -> Iterator[list[PersonalNumber]]:
    rest = iter(numbers)
    while batch := list(islice(rest, MOST_AT_ONCE)):
        yield batch


def _request(numbers: Sequence[PersonalNumber], with_family: bool) -> etree._Element:
    request = CONTRACT.request()
    for number in numbers:
        person = add(request, CONTRACT.namespace, "personId")
        add(person, CONTRACT.types, "root", number.oid)
        add(person, CONTRACT.types, "extension", number.canonical)
    add(request, CONTRACT.namespace, "profile", _WITH_FAMILY if with_family else _BASIC)
    # Who has got a new number is found under the new one.
    add(request, CONTRACT.namespace, "ignoreReferredIdentity", "false")
    return request


def _number_at(element: etree._Element, *names: str) -> PersonalNumber | None:
    """The valid number of the kind that its root names, or None."""
    number = find_personal_number(text_at(element, *names, "extension"))
    return number if number is not None and number.oid == text_at(element, *names, "root") else None


def _custody(record: etree._Element, today: date) -> Iterator[tuple[str, PersonalNumber]]:
    """Relation code and the other's number, where it holds today. Who has only a birth date cannot be looked up."""
    for relation in record.iterfind("{*}relationship"):
        other = _number_at(relation, "relationshipId", "personalIdentity")
        begins = _whole_date(relation, "relationshipFromDate") or date.min
        ends = _whole_date(relation, "relationshipToDate") or date.max
        ended = relation.find("{*}deregistration") is not None
        if other is not None and not ended and begins <= today <= ends:
            yield text_at(relation, "relationshipType"), other


def _whole_date(element: etree._Element, *names: str) -> date | None:
    """A date of which the day is known; the register also has years and months alone."""
    if text_at(element, *names, "format") != "YYYY-MM-DD":
        return None
    try:
        return date.fromisoformat(text_at(element, *names, "value"))
    except ValueError:
        return None
