"""GetPersonsForProfile 5 as a producer: a record for each number, in the schema's order, no more than allowed."""

from __future__ import annotations

from lxml import etree

from linjen.core.personal_number import parse_personal_number
from linjen.simulators.rivta.register import Custody, Register, Resident
from linjen.simulators.rivta.soap import Fault, put, yes_no

RESPONDER = "urn:riv:strategicresourcemanagement:persons:person:GetPersonsForProfileResponder:5"
TYPES = "urn:riv:strategicresourcemanagement:persons:person:5"
PATH = "strategicresourcemanagement/persons/person/GetPersonsForProfile/5/rivtabp21"
NAME = "GetPersonsForProfile"
MOST = 500

_PROFILES_WITH_RELATIONS = {"P4", "P5"}


def answer_persons(request: etree._Element, register: Register) -> etree._Element:
    """The response element. Raises Fault for more than 500 numbers."""
    ids = request.findall(f"{{{RESPONDER}}}personId")
    if len(ids) > MOST:
        raise Fault("Client", "at most 500 persons can be asked for at once")
    profile = request.findtext(f"{{{RESPONDER}}}profile") or ""
    follow = request.findtext(f"{{{RESPONDER}}}ignoreReferredIdentity") in {"false", "0"}
    response = etree.Element(f"{{{RESPONDER}}}GetPersonsForProfileResponse", nsmap={"r": RESPONDER, "p": TYPES})
    for asked in ids:
        root, extension = asked.findtext(f"{{{TYPES}}}root") or "", asked.findtext(f"{{{TYPES}}}extension") or ""
        row = put(response, RESPONDER, "requestedPersonRecord")
        _id(put(row, TYPES, "requestedPersonalIdentity"), root, extension)
        person = register.find_resident(extension, follow=follow)
        if person is not None and parse_personal_number(extension).oid == root:
            _record(put(row, TYPES, "personRecord"), person, profile, register)
    return response


def _record(record: etree._Element, person: Resident, profile: str, register: Register) -> None:
    _person_id(put(record, TYPES, "personalIdentity"), person.number)
    put(record, TYPES, "protectedPersonIndicator", yes_no(person.protected))
    put(record, TYPES, "testIndicator", yes_no(person.test))
    put(record, TYPES, "primaryIdentity", "true")
    _name(put(record, TYPES, "name"), person)
    for former in person.former_numbers:
        _person_id(put(put(record, TYPES, "referredPersonalIdentities"), TYPES, "referredPersonalIdentity"), former)
    birth_on = parse_personal_number(person.number).birth_on
    if birth := person.birth or (birth_on.isoformat() if birth_on else ""):
        _date(put(put(record, TYPES, "birth"), TYPES, "dateOfBirth"), birth)
    if person.county_code:
        put(put(record, TYPES, "populationRegistrationLocality"), TYPES, "countyCode", person.county_code)
    if person.deregistered:
        left = put(record, TYPES, "deregistration")
        put(left, TYPES, "deregistrationReasonCode", person.deregistered.code)
        _date(put(left, TYPES, "deregistrationDate"), person.deregistered.on.isoformat())
    # The plain contract tells no more than profile 1 of somebody who is protected, whatever was asked.
    if profile in _PROFILES_WITH_RELATIONS and not (person.protected or person.protected_registration):
        _relations(record, person, register)
    put(record, TYPES, "protectedPopulationRecord", yes_no(person.protected_registration))


def _name(name: etree._Element, person: Resident) -> None:
    if person.given_name_indicator:
        put(name, TYPES, "givenNameIndicator", person.given_name_indicator)
    put(name, TYPES, "givenName", person.given_name)
    if person.middle_name:
        put(name, TYPES, "middleName", person.middle_name)
    put(name, TYPES, "surname", person.surname)


def _relations(record: etree._Element, person: Resident, register: Register) -> None:
    for row in register.custody:
        if row.child == person.number:
            _relation(put(record, TYPES, "relationship"), row, row.guardian, "V")
        if row.guardian == person.number:
            _relation(put(record, TYPES, "relationship"), row, row.child, "VF")


def _relation(relation: etree._Element, row: Custody, other: str, code: str) -> None:
    who = put(relation, TYPES, "relationshipId")
    if other:
        _person_id(put(who, TYPES, "personalIdentity"), other)
    else:
        _date(put(who, TYPES, "dateOfBirth"), row.guardian_birth)
    put(relation, TYPES, "relationshipType", code)
    if row.since:
        _date(put(relation, TYPES, "relationshipFromDate"), row.since.isoformat())
    if row.until:
        _date(put(relation, TYPES, "relationshipToDate"), row.until.isoformat())


def _date(element: etree._Element, value: str) -> None:
    """A date of the precision that `value` has: year, month or day."""
    put(element, TYPES, "format", {4: "YYYY", 7: "YYYY-MM"}.get(len(value), "YYYY-MM-DD"))
    put(element, TYPES, "value", value)


def _person_id(element: etree._Element, number: str) -> None:
    _id(element, parse_personal_number(number).oid, number)


def _id(element: etree._Element, root: str, extension: str) -> None:
    put(element, TYPES, "root", root)
    put(element, TYPES, "extension", extension)
