"""Språk, tolk och vårdnadshavare: what staff see and set of them, and what they do when writing is not enough."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import pytest

from tests.region import Person, Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ledger import owner_does
from tests.stories.test_patient_info import protect

_EVENTS = "select count(*) from events where case_id = $1 and kind = 'interpreter_set'"
_NEED = "select coalesce(r.interpreter, '') from residents r join cases c on c.patient_id = r.id where c.id = $1"


async def need(person: Person, case_id: UUID, language: str, was: str = "") -> httpx.Response:
    """Send the form of a page that showed `was`."""
    return await person.post(f"/clinic/cases/{case_id}/interpreters", {"interpreter": language, "was": was})


async def main(person: Person, path: str) -> str:
    """A page's own part, without the list of keys."""
    return (await person.get(path)).text.split("</main", 1)[0]


async def test_a_need_stands_in_the_head_of_every_page_of_the_case_and_in_no_event(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    assert "Tolk: " not in await main(bo, f"/clinic/cases/{case_id}")
    async with bo.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        answers = [await need(karin, case_id, " Arabiska ") for _ in range(2)]
        await ear.wait_for("interpreter_set")
    assert {one.status_code for one in answers} == {303}
    for part in ("", "/patient", "/visits"):
        assert "Tolk: arabiska" in await main(bo, f"/clinic/cases/{case_id}{part}")
    assert await region.value(_EVENTS, case_id) == 1
    assert "Karin Lindqvist ändrade patientens tolkbehov" in await read(bo, case_id)
    told = await region.site.database.fetch("select data from events where case_id = $1", case_id)
    assert "arabiska" not in str(told)
    logged = "select count(*) from access_log where case_id = $1 and verb = 'set_interpreter' and refused is null"
    assert await region.value(logged, case_id) == 2
    await need(karin, case_id, "", "arabiska")
    assert "Tolk: " not in await main(bo, f"/clinic/cases/{case_id}")


async def test_a_resident_is_not_told_live_and_reads_that_it_was_changed(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    async with gustav.listen(f"/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        await need(karin, case_id, "dari")
        await karin.say(case_id, "Hej!")
        await ear.wait_for("message_sent")
    assert "interpreter_set" not in [kind for kind, _, _ in ear.heard]


@pytest.mark.parametrize("language", ["arabiska 2", "<b>", "a" * 41, "070-174 06 05"])
async def test_what_is_no_language_is_given_back(region: Region, language: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await need(karin, case_id, language)
    assert answer.status_code == 422
    assert "Skriv bara språkets namn" in answer.text
    assert await region.value(_NEED, case_id) == ""


async def test_of_two_at_once_the_first_wins_and_the_other_keeps_what_she_typed(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    answers = await asyncio.gather(need(karin, case_id, "dari"), need(bo, case_id, "somaliska"))
    assert sorted(one.status_code for one in answers) == [303, 409]
    late = next(one.text for one in answers if one.status_code == 409)
    now = await region.value(_NEED, case_id)
    assert "Någon har ändrat uppgifterna" in late
    assert f'value="{"somaliska" if now == "dari" else "dari"}"' in late
    assert await region.value(_EVENTS, case_id) == 1


async def test_a_protected_patient_may_need_one_too_and_strangers_set_nothing(region: Region) -> None:
    karin, lena, mona = [
        await region.staff(*one) for one in (("karin", "ankaret"), ("lena", "lyktan"), ("mona", "ankaret"))
    ]
    case_id = region.cases["held_by_karin"]
    for stranger in (lena, mona):
        assert (await need(stranger, case_id, "dari")).status_code == 404
    await protect(karin, case_id, "yes", str(await region.value(
        "select r.protected from residents r join cases c on c.patient_id = r.id where c.id = $1", case_id
    )))  # fmt: skip
    assert (await need(karin, case_id, "dari")).status_code == 303
    assert "Tolk: dari" in await main(karin, f"/clinic/cases/{case_id}")


async def test_without_its_event_nothing_has_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'interpreter_set') not valid")
    assert (await need(karin, case_id, "dari")).status_code == 500
    assert await region.value(_NEED, case_id) == ""


async def test_the_guardians_of_a_child_are_named_with_whether_they_have_custody(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["child"]
    page = await main(karin, f"/clinic/cases/{case_id}/patient")
    assert "<b>Astrid Nyberg</b>" in page
    assert "<b>Henrik Nyberg</b>" in page
    assert page.count("Har vårdnaden enligt folkbokföringen") == 2
    henrik = region.actors.residents["henrik"]
    await owner_does(region, f"update guardianships set ended_at = now() where guardian_id = '{henrik}'")
    page = await main(karin, f"/clinic/cases/{case_id}/patient")
    assert page.count("Har vårdnaden enligt folkbokföringen") == 1
    assert page.count("Vårdnaden är inte bekräftad sedan") == 1
    assert "Vårdnadshavare" not in await main(karin, f"/clinic/cases/{region.cases['held_by_karin']}/patient")


@pytest.mark.parametrize("flag", ["yes", "unchecked"])
async def test_nothing_is_told_of_who_may_be_protected(region: Region, flag: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["child"]
    henrik, elsa = region.actors.residents["henrik"], region.actors.residents["elsa"]
    await owner_does(region, f"update residents set protected = '{flag}' where id = '{henrik}'")
    page = await main(karin, f"/clinic/cases/{case_id}/patient")
    assert "Henrik" not in page
    assert "Namnet visas inte" in page
    await owner_does(region, f"update residents set protected = '{flag}' where id = '{elsa}'")
    page = await main(karin, f"/clinic/cases/{case_id}/patient")
    section = page.split('id="patient-protection"', 1)[1]
    assert "Visas inte: barnets uppgifter kan vara skyddade." in section
    assert "Astrid" not in section


async def test_a_child_whose_guardians_are_not_known_here(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["child"]
    await owner_does(region, "delete from guardianships")
    assert "Ingen vårdnadshavare är känd här." in await main(karin, f"/clinic/cases/{case_id}/patient")


async def test_when_writing_is_not_enough_the_number_and_the_way_to_end_stand_beside_the_talk(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    patient = await region.value("select patient_id from cases where id = $1", case_id)
    await owner_does(region, f"update residents set protected = 'no', phone = '+46701740605' where id = '{patient}'")
    page = await main(karin, f"/clinic/cases/{case_id}")
    assert "Om ni inte förstår varandra i skrift" in page
    assert "070-174 06 05" in page
    await owner_does(region, f"update residents set protected = 'unchecked' where id = '{patient}'")
    assert "070-174 06 05" not in await main(karin, f"/clinic/cases/{case_id}")
    assert "Telefon till Astrid Nyberg" in await main(karin, f"/clinic/cases/{region.cases['child']}")
    answer = await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "other_way", "dealt_with": "yes"})
    assert answer.status_code == 303
    assert "Kontakten togs på annat sätt" in await read(karin, case_id)
    assert "Du har fått hjälp på annat sätt" in (await gustav.get(f"/cases/{case_id}")).text


async def test_the_lists_for_the_chat_and_for_a_call_are_a_link_from_the_case(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    page = await main(karin, f"/clinic/cases/{case_id}")
    support = await main(karin, "/clinic/support")
    for part in ("chat", "video"):
        assert f'href="/clinic/support#{part}"' in page
        assert f'id="{part}"' in support
    for word in ("lugnt rum", "ljuset", "bakgrund", "kameran", "headset", "arbetskläder", "välkommen", "Tala tydligt"):
        assert word in support.split('id="video"')[1]
