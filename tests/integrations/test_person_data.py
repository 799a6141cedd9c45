"""Person data over the real wire: who somebody is, who is protected, and whose children are whose."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from linjen.core.errors import NotFound, Unavailable
from linjen.core.personal_number import PersonalNumber, parse_personal_number, personnummer_for
from linjen.core.settings import read_settings
from linjen.integrations import person_data
from linjen.integrations.person_data import CONTRACT, PersonData, called_name, read_record
from linjen.integrations.rivta import Rivta
from linjen.simulators.rivta import Running, schemas
from tests.integrations import rivta_region as region
from tests.integrations.rivta_region import ASTRID, ELSA, NILS, OLOF, SIGRID, VERA


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with region.services(tmp_path) as started:
        yield started


@pytest.fixture
async def rivta(running: Running) -> AsyncIterator[Rivta]:
    async with region.client(running.url) as connected:
        yield connected


@pytest.fixture
def persons(rivta: Rivta) -> PersonData:
    return PersonData(rivta, accept_test_persons=True)


async def test_a_parent_is_seen_with_her_children(persons: PersonData) -> None:
    astrid = await persons.see_person(ASTRID)
    assert (astrid.personal_number, astrid.given_name, astrid.called_name) == (ASTRID, "Karin Astrid", "Astrid")
    assert (astrid.surname, astrid.birth_on, astrid.sex) == ("Påhittad", date(1984, 3, 9), "female")
    assert (astrid.protected, astrid.deregistered, astrid.deregistration_code) == (False, False, "")
    assert astrid.children == (ELSA, NILS)
    assert astrid.guardians == ()


async def test_a_child_is_seen_with_those_who_have_custody_today(persons: PersonData) -> None:
    """Olof's custody of Elsa has ended, that of Nils has not begun; a guardian without a number cannot be looked up."""
    assert (await persons.see_person(ELSA)).guardians == (ASTRID, SIGRID)
    assert (await persons.see_person(NILS)).guardians == (ASTRID,)
    assert (await persons.see_person(OLOF)).children == ()


@pytest.mark.parametrize("number", [SIGRID, VERA])
async def test_protection_of_either_kind_is_told_and_hides_the_family(
    persons: PersonData, number: PersonalNumber
) -> None:
    person = await persons.see_person(number)
    assert person.protected
    assert person.children == person.guardians == ()


async def test_who_has_died_is_deregistered_with_the_reason(persons: PersonData) -> None:
    edvard = await persons.see_person(region.EDVARD)
    assert (edvard.deregistered, edvard.deregistration_code) == (True, "AV")


async def test_an_old_number_leads_to_the_new_one(persons: PersonData) -> None:
    person = await persons.see_person(region.OLD)
    assert person.personal_number == region.NEW


async def test_who_is_unknown_is_not_found(persons: PersonData) -> None:
    with pytest.raises(NotFound, match="person_unknown"):
        await persons.see_person(region.NOBODY)


async def test_many_are_seen_at_once_with_as_little_as_possible(persons: PersonData) -> None:
    found = await persons.see_persons([ASTRID, region.NOBODY, SIGRID, ASTRID, region.OLD])
    assert list(found) == [ASTRID, SIGRID, region.OLD]
    assert found[ASTRID].children == ()
    assert found[SIGRID].protected


async def test_more_than_five_hundred_take_more_than_one_call(persons: PersonData, running: Running) -> None:
    strangers = [personnummer_for(date(1950, 1, 1 + day), serial) for day in range(3) for serial in range(1, 201)]
    found = await persons.see_persons([*strangers, ASTRID])
    assert list(found) == [ASTRID]
    assert running.site.calls == ["GetPersonsForProfile"] * 2
    assert await persons.see_persons([]) == {}


async def test_test_persons_are_thrown_away_in_production(rivta: Rivta) -> None:
    production = PersonData(rivta)
    assert set(await production.see_persons([ASTRID, region.REAL])) == {region.REAL}
    demo = PersonData.from_settings(read_settings({}, demo=True), rivta)
    assert set(await demo.see_persons([ASTRID, region.REAL])) == {ASTRID, region.REAL}


async def test_the_wrong_logical_address_has_a_name(rivta: Rivta) -> None:
    with pytest.raises(Unavailable, match="rivta_not_addressed") as caught:
        await PersonData(rivta, logical_address="SE2321000999-X999").see_person(ASTRID)
    assert caught.value.detail == {"contract": "GetPersonsForProfile", "code": "VP004"}


async def test_a_person_does_not_show_by_accident(persons: PersonData) -> None:
    shown = f"{await persons.see_person(ASTRID)!r} {await persons.see_persons([ASTRID])!s}"
    assert "Astrid" not in shown
    assert "1984" not in shown


# What the record may look like ---------------------------------------------------------------------------------------

TODAY = date(2026, 5, 15)


def record(inside: str, number: PersonalNumber = ELSA, protected: str = "false") -> etree._Element:
    text = f"""<personRecord xmlns="{CONTRACT.types}">
      <personalIdentity><root>{number.oid}</root><extension>{number.canonical}</extension></personalIdentity>
      <protectedPersonIndicator>{protected}</protectedPersonIndicator>{inside}</personRecord>"""
    return etree.fromstring(text)


def relation(code: str, number: PersonalNumber, more: str = "") -> str:
    return f"""<relationship><relationshipId><personalIdentity><root>{number.oid}</root>
      <extension>{number.canonical}</extension></personalIdentity></relationshipId>
      <relationshipType>{code}</relationshipType>{more}</relationship>"""


def on_date(name: str, value: str, precision: str = "YYYY-MM-DD") -> str:
    return f"<{name}><format>{precision}</format><value>{value}</value></{name}>"


@pytest.mark.parametrize("protected", ["", "maybe", "TRUE"])
def test_a_record_without_a_clear_flag_is_no_record(protected: str) -> None:
    with pytest.raises(Unavailable, match="rivta_answer_unreadable"):
        read_record(record("", protected=protected), TODAY)


@pytest.mark.parametrize("protected", ["true", "1"])
def test_both_spellings_of_true_protect(protected: str) -> None:
    assert read_record(record("", protected=protected), TODAY).protected


def test_a_number_of_another_kind_than_its_root_is_no_record() -> None:
    wrong = etree.tostring(record("")).replace(b"1.2.752.129.2.1.3.1", b"1.2.752.129.2.1.3.3")
    with pytest.raises(Unavailable, match="rivta_answer_unreadable"):
        read_record(etree.fromstring(wrong), TODAY)


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ("", True),
        (on_date("relationshipFromDate", "2026-05-15"), True),
        (on_date("relationshipFromDate", "2026-05-16"), False),
        (on_date("relationshipToDate", "2026-05-15"), True),
        (on_date("relationshipToDate", "2026-05-14"), False),
        (on_date("relationshipFromDate", "2025", "YYYY"), True),
        ("<deregistration><deregistrationReasonCode>AV</deregistrationReasonCode></deregistration>", False),
    ],
)
def test_custody_holds_from_its_first_to_its_last_day(more: str, holds: bool) -> None:
    person = read_record(record(relation("V", ASTRID, more)), TODAY)
    assert person.guardians == ((ASTRID,) if holds else ())


@pytest.mark.parametrize("code", ["F", "MO", "FA", "B", "M", "v", ""])
def test_kinship_is_not_custody(code: str) -> None:
    person = read_record(record(relation(code, ASTRID)), TODAY)
    assert person.guardians == person.children == ()


def test_a_birth_date_without_day_is_taken_from_the_number() -> None:
    assert read_record(record(f"<birth>{on_date('dateOfBirth', '2017', 'YYYY')}</birth>"), TODAY).birth_on == date(
        2017, 5, 15
    )
    told = read_record(record(f"<birth>{on_date('dateOfBirth', '2017-05-16')}</birth>"), TODAY)
    assert told.birth_on == date(2017, 5, 16)


@pytest.mark.parametrize(
    ("given", "indicator", "called"),
    [
        ("Eva Mia", "20", "Mia"),
        ("Eva Mia", "10", "Eva"),
        ("Kjell Olof Stig", "12", "Kjell Olof"),
        ("Hedvig Britt-Marie", "23", "Britt-Marie"),
        ("Anna-Lisa Eva", "30", "Eva"),
        ("Eva Mia", "", "Eva Mia"),
        ("Eva", "90", "Eva"),
        ("Eva Mia", "07", "Eva Mia"),
        ("Eva Mia", "x1", "Eva Mia"),
        ("", "10", ""),
    ],
)
def test_the_name_in_use(given: str, indicator: str, called: str) -> None:
    assert called_name(given, indicator) == called


@given(st.text(max_size=30), st.integers(10, 99))
def test_the_name_in_use_is_always_part_of_the_given_names(names: str, indicator: int) -> None:
    called = called_name(names, str(indicator))
    assert called == names or set(called.split()) <= set(names.split())


# The wire ------------------------------------------------------------------------------------------------------------

needs_schemas = pytest.mark.skipif(not os.environ.get("LINJEN_RIV_SCHEMAS"), reason="LINJEN_RIV_SCHEMAS is not set")


@needs_schemas
def test_request_follows_the_official_schema() -> None:
    check = schemas.checks(Path(os.environ["LINJEN_RIV_SCHEMAS"]))[CONTRACT.name]
    request = person_data._request([ASTRID, region.OLD], with_family=True)
    assert check(request) == ""
    request.remove(request[-1])
    assert check(request) == "schema: SCHEMAV_ELEMENT_CONTENT"


@needs_schemas
async def test_the_simulator_checks_itself_by_the_official_schema(persons: PersonData, running: Running) -> None:
    """All records of the region pass in both directions; one with a name that is too long does not."""
    everybody = [parse_personal_number(row["number"]) for row in region.DATA["persons"]]
    assert len(await persons.see_persons(everybody, with_family=True)) == len(everybody)
    first = running.site.register.persons[0]
    running.site.register.persons[0] = type(first)(number=first.number, given_name="A" * 81, surname="B")
    with pytest.raises(Unavailable, match="rivta_fault"):
        await persons.see_person(ASTRID)
