"""Patientinfo: staff set Skyddad identitet and keep phone and e-mail; the first wins, and no number is in an event."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import pytest

from linjen.core.personal_number import parse_personal_number
from linjen.people.residents import register
from tests.region import Person, Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ledger import owner_does

_EVENTS = "select count(*) from events where case_id = $1 and kind = $2"
_FLAG = "select r.protected from residents r join cases c on c.patient_id = r.id where c.id = $1"
_PHONE = "select coalesce(r.phone, '') from residents r join cases c on c.patient_id = r.id where c.id = $1"
_REFUSED = "select refused from access_log where case_id = $1 and verb = $2 and refused is not null"
_BANNER = '<p class="lj-protected">'


async def protect(person: Person, case_id: UUID, chosen: str, was: str) -> httpx.Response:
    """Press the button of a page that showed `was`."""
    return await person.post(f"/clinic/cases/{case_id}/protections", {"protected": chosen, "was": was})


async def write(
    person: Person, case_id: UUID, phone: str, email: str = "", was: tuple[str, str] = ("", "")
) -> httpx.Response:
    """Send the form of phone and e-mail."""
    form = {"phone": phone, "email": email, "was_phone": was[0], "was_email": was[1]}
    return await person.post(f"/clinic/cases/{case_id}/contacts", form)


async def _known(region: Region, case_id: UUID) -> str:
    """The patient is known not to be protected and has no number; her id."""
    patient = await region.value("select patient_id from cases where id = $1", case_id)
    await owner_does(region, f"update residents set protected = 'no', phone = null where id = '{patient}'")
    return str(patient)


async def test_yes_is_a_banner_on_every_view_at_once_with_who_and_when(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await _known(region, case_id)
    async with bo.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        answer = await protect(karin, case_id, "yes", "no")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}/patient")
        await ear.wait_for("protection_set")
    for part in ("", "/patient", "/visits"):
        assert _BANNER in (await bo.get(f"/clinic/cases/{case_id}{part}")).text
    assert "Satt till Ja av Karin Lindqvist, " in await read(bo, case_id, "/patient")
    assert "Karin Lindqvist satte Skyddad identitet till Ja" in await read(bo, case_id)


async def test_a_child_who_is_protected_is_out_of_the_guardians_reach_at_once(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id = region.cases["child"]
    await _known(region, case_id)
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 200
    await karin.post(f"/clinic/cases/{case_id}/claims")
    assert (await protect(karin, case_id, "yes", "no")).status_code == 303
    assert (await astrid.get(f"/cases/{case_id}")).status_code == 404


async def test_what_staff_set_wins_over_the_register(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    await protect(karin, case_id, "yes", "no")
    row = await region.site.database.fetch_row(
        "select r.id, r.given_name, r.surname, r.number_sealed from residents r join cases c on c.patient_id = r.id"
        " where c.id = $1", case_id,
    )  # fmt: skip
    assert row is not None
    number = parse_personal_number(
        region.site.sealer.unseal("personal_number", row["number_sealed"], b"residents").decode()
    )
    async with region.site.database.transaction() as db:
        await register(db, region.site.sealer, number, row["given_name"], row["surname"], protected="no")
    assert await region.value(_FLAG, case_id) == "yes"


async def test_phone_and_email_are_kept_and_stand_in_no_event(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    answers = [await write(karin, case_id, "070-174 06 05", "elsa@exempel.se") for _ in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_PHONE, case_id) == "+46701740605"
    page = await read(karin, case_id, "/patient")
    assert "070-174 06 05" in page
    assert "elsa@exempel.se" in page
    assert await region.value(_EVENTS, case_id, "contact_changed") == 1
    assert "1740605" not in str(await region.site.database.fetch("select data from events where case_id = $1", case_id))
    logged = "select count(*) from access_log where case_id = $1 and verb = 'change_contact' and refused is null"
    assert await region.value(logged, case_id)


@pytest.mark.parametrize(
    ("phone", "email", "words"),
    [("12", "", "Numret finns inte"), ("hej", "", "Skriv numret med siffror"), ("", "elsa", "Skriv adressen så här")],
)
async def test_what_is_no_number_and_no_address_is_given_back(
    region: Region, phone: str, email: str, words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    answer = await write(karin, case_id, phone, email)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{phone or email}"' in answer.text


async def test_a_number_is_neither_shown_nor_changed_of_who_may_be_protected(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    patient = await _known(region, case_id)
    await owner_does(
        region, f"update residents set protected = 'unchecked', phone = '+46701740605' where id = '{patient}'"
    )
    assert "070-174" not in (await karin.get(f"/clinic/cases/{case_id}/patient")).text
    answer = await write(karin, case_id, "070-174 06 06", was=("+46701740605", ""))
    assert answer.status_code == 409
    assert "174 06 05" not in answer.text
    assert await region.value(_PHONE, case_id) == "+46701740605"
    assert await region.value(_REFUSED, case_id, "change_contact") == "protected"


async def test_of_two_at_once_the_first_wins_and_the_other_sees_what_is_true(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await _known(region, case_id)
    answers = await asyncio.gather(
        write(karin, case_id, "070-174 06 05"), write(bo, case_id, "070-174 06 06"),
    )  # fmt: skip
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert "Någon har ändrat uppgifterna" in next(one.text for one in answers if one.status_code == 409)
    flags = await asyncio.gather(protect(karin, case_id, "yes", "no"), protect(bo, case_id, "no", "no"))
    assert {one.status_code for one in flags} <= {303, 409}
    now = await region.value(_FLAG, case_id)
    late = await protect(bo, case_id, "no" if now == "yes" else "yes", "unchecked")
    assert late.status_code == 409
    assert await region.value(_FLAG, case_id) == now
    assert await region.value(_REFUSED, case_id, "set_protection") == "changed"


async def test_the_same_press_twice_is_one_event(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    answers = await asyncio.gather(*(protect(karin, case_id, "yes", "no") for _ in range(3)))
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_EVENTS, case_id, "protection_set") == 1


async def test_roles_without_the_case_and_other_providers_change_nothing(region: Region) -> None:
    lena, mona = await region.staff("lena", "lyktan"), await region.staff("mona", "ankaret")
    case_id = region.cases["held_by_karin"]
    await _known(region, case_id)
    for stranger in (lena, mona):
        assert (await protect(stranger, case_id, "yes", "no")).status_code == 404
        assert (await write(stranger, case_id, "070-174 06 05")).status_code == 404
    assert await region.value(_FLAG, case_id) == "no"
    assert await region.value(_PHONE, case_id) == ""


async def test_the_number_is_copied_with_a_row_of_its_own_in_the_log(region: Region) -> None:
    karin, lena = await region.staff("karin", "ankaret"), await region.staff("lena", "lyktan")
    case_id = region.cases["held_by_karin"]
    assert 'data-copy="#personal-number"' in (await karin.get(f"/clinic/cases/{case_id}/patient")).text
    shown = (await karin.get(f"/clinic/cases/{case_id}")).text
    copied = await karin.post(f"/clinic/cases/{case_id}/identity-copies")
    assert copied.status_code == 200
    assert copied.text in (await karin.get(f"/clinic/cases/{case_id}/patient")).text
    assert f"/clinic/cases/{case_id}/identity-copies" in shown, "the page of the case copies it, too"
    assert copied.text not in shown, "and holds it not"
    assert (await lena.post(f"/clinic/cases/{case_id}/identity-copies")).status_code == 404
    logged = "select count(*) from access_log where case_id = $1 and verb = 'copy_number' and refused is null"
    assert await region.value(logged, case_id) == 1


async def test_who_has_died_is_told_on_the_tab(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    patient = await _known(region, case_id)
    await owner_does(region, f"update residents set deregistered = 'died' where id = '{patient}'")
    assert "Personen är avliden" in await read(karin, case_id, "/patient")


async def test_other_open_cases_are_named_before_one_is_taken_and_only_those_within_reach(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id, other = region.cases["waiting"], region.cases["urgent"]
    assert "fler öppna ärenden" not in await read(karin, case_id)
    patient = await region.value("select patient_id from cases where id = $1", case_id)
    await owner_does(region, f"update cases set patient_id = '{patient}' where id = '{other}'")
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Patienten har fler öppna ärenden här" in page
    assert f'<a href="/clinic/cases/{other}">' in page


@pytest.mark.parametrize("kind", ["protection_set", "contact_changed"])
async def test_without_its_event_nothing_has_changed(region: Region, kind: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await _known(region, case_id)
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    act = protect(karin, case_id, "yes", "no") if kind == "protection_set" else write(karin, case_id, "070-174 06 05")
    assert (await act).status_code == 500
    assert (await region.value(_FLAG, case_id), await region.value(_PHONE, case_id)) == ("no", "")
