"""Sms som inte kom fram: work for the unit until somebody has sent it again or reached the resident otherwise."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from linjen.core.errors import Refused
from linjen.integrations.sms import Uncertain
from tests.region import Person, Region
from tests.stories.sms_world import Sms


@pytest.fixture
async def sms(region: Region) -> Sms:
    return await Sms(region).begin()


async def failed(sms: Sms) -> tuple[Person, UUID, UUID]:
    """Karin with a case whose first SMS may have gone: (Karin, case, SMS)."""
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["waiting"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    sms.phones.next = [Uncertain("gateway_cut")]
    await sms.go_on()
    sms_id = await sms.region.value("select id from sms where case_id = $1", case_id)
    assert isinstance(sms_id, UUID)
    return karin, case_id, sms_id


async def settle(person: Person, case_id: UUID, sms_id: UUID, how: str) -> int:
    """Send the form; its status."""
    return (await person.post(f"/clinic/cases/{case_id}/sms/{sms_id}/settlings", {"how": how})).status_code


async def test_it_is_work_for_everybody_at_the_unit_and_nobody_else(sms: Sms) -> None:
    karin, case_id, _ = await failed(sms)
    assert 'Sms som inte kom fram <span class="lj-count">1<' in (await karin.get("/clinic/ledger")).text
    bo, ulf = await sms.region.staff("bo", "ankaret"), await sms.region.staff("ulf", "bjorken")
    page = (await bo.get("/clinic/sms")).text
    assert "Astrid Nyberg" in page
    assert "Kan ha kommit fram" in page
    assert "Förbindelsen bröts innan operatören hade svarat." in page
    assert await sms.region.value("select shown from access_log where verb = 'failed_sms'") == [case_id]
    assert "Astrid" not in (await ulf.get("/clinic/sms")).text
    maja = await sms.region.staff("maja", "ankaret")
    assert (await maja.get("/clinic/sms")).status_code == 404


@pytest.mark.parametrize(
    ("how", "words"), [("phone", "på telefon"), ("letter", "med brev"), ("other", "på annat sätt")]
)
async def test_reached_in_another_way_it_leaves_the_list_and_stays_in_the_timeline(
    sms: Sms, how: str, words: str
) -> None:
    karin, case_id, sms_id = await failed(sms)
    assert await settle(karin, case_id, sms_id, how) == 303
    assert await settle(karin, case_id, sms_id, how) == 303, "a double press"
    assert "Alla sms har kommit fram" in (await karin.get("/clinic/sms")).text
    assert f"Karin Lindqvist nådde patienten {words}" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert await sms.go_on() == []


async def test_sent_again_it_is_a_new_sms_once_however_many_press(sms: Sms) -> None:
    karin, case_id, sms_id = await failed(sms)
    bo = await sms.region.staff("bo", "ankaret")
    answers = await asyncio.gather(*(settle(one, case_id, sms_id, "again") for one in (karin, bo, karin, bo)))
    assert sorted(answers) == [303, 303, 409, 409]
    sent = await sms.go_on()
    assert len(sent) == 1
    assert sent[0].id != sms_id, "another key, since the first may have gone"
    assert [state for _, state, _ in await sms.states(case_id)] == ["uncertain", "accepted"]


async def test_who_came_second_is_told_so(sms: Sms) -> None:
    karin, case_id, sms_id = await failed(sms)
    bo = await sms.region.staff("bo", "ankaret")
    assert await settle(karin, case_id, sms_id, "phone") == 303
    answer = await bo.post(f"/clinic/cases/{case_id}/sms/{sms_id}/settlings", {"how": "again"})
    assert answer.status_code == 409
    assert "En kollega har redan tagit hand om det" in answer.text


async def test_not_for_strangers_nor_through_another_case_nor_in_unknown_ways(sms: Sms) -> None:
    karin, case_id, sms_id = await failed(sms)
    lena = await sms.region.staff("lena", "lyktan")
    assert await settle(lena, case_id, sms_id, "phone") == 404
    assert await settle(karin, sms.region.cases["urgent"], sms_id, "phone") == 404
    assert await settle(karin, case_id, sms_id, "pigeon") == 422
    assert await sms.region.value("select settled_at from sms where id = $1", sms_id) is None


async def test_to_a_protected_person_it_is_not_sent_again(sms: Sms) -> None:
    karin, case_id, sms_id = await failed(sms)
    await sms.region.site.database.execute("update residents set protected = 'yes'")
    assert await settle(karin, case_id, sms_id, "again") == 409
    assert await settle(karin, case_id, sms_id, "phone") == 303


async def test_what_no_longer_matters_is_no_work(sms: Sms) -> None:
    karin, case_id, _ = await failed(sms)
    await sms.region.site.database.execute(
        "insert into reading_marks (case_id, party, read_seq, read_at) values ($1, 'resident', 1, now())"
        " on conflict (case_id, party) do update set read_at = now()", case_id,
    )  # fmt: skip
    assert "Alla sms har kommit fram" in (await karin.get("/clinic/sms")).text
    assert "Sms som inte kom fram" not in (await karin.get("/clinic/ledger")).text


async def test_a_closed_case_takes_its_sms_along(sms: Sms) -> None:
    karin, case_id, _ = await failed(sms)
    await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "other_way"})
    assert "Alla sms har kommit fram" in (await karin.get("/clinic/sms")).text


async def test_an_unread_message_that_a_rule_kept_from_sms_is_work_but_a_turn_is_not(sms: Sms) -> None:
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["waiting"]
    await sms.region.site.database.execute("update residents set phone = null")
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await sms.go_on()
    assert "Alla sms har kommit fram" in (await karin.get("/clinic/sms")).text
    await karin.say(case_id, "Hej!")
    await sms.go_on()
    page = (await karin.get("/clinic/sms")).text
    assert "Mobilnummer saknas." in page
    assert "Skickades inte" in page


async def test_a_refused_one_is_told_as_not_arrived(sms: Sms) -> None:
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["waiting"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    sms.phones.next = [Refused("gateway_refused")]
    await sms.go_on()
    page = (await karin.get("/clinic/sms")).text
    assert "Kom inte fram" in page
    assert "Operatören tog inte emot det." in page


@pytest.mark.parametrize(
    ("flag", "name", "does"),
    [
        ("yes", ">Skyddade personuppgifter,", "Ring på det nummer som står i journalsystemet."),
        ("unchecked", ">Namnet visas i ärendet,", "Kontrollera skyddet i journalsystemet, och ring på det nummer"),
    ],
)
async def test_of_a_protected_person_it_says_what_to_do_and_has_neither_name_nor_number(
    sms: Sms, flag: str, name: str, does: str
) -> None:
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["waiting"]
    await sms.region.site.database.execute(
        "update residents set protected = $2, phone = '+46701740621' where id = (select patient_id from cases"
        " where id = $1)", case_id, flag,
    )  # fmt: skip
    await karin.post(f"/clinic/cases/{case_id}/claims")
    await karin.say(case_id, "Hej!")
    assert await sms.go_on() == []
    page = (await karin.get("/clinic/sms")).text.split("<main", 1)[1]
    assert "Skickades inte" in page
    assert name in page
    assert does in page
    assert "Telefon<" in page, "and how she was reached then"
    for kept_back in ("Astrid", "0621", "1740621", "06 21", "Skicka igen"):
        assert kept_back not in page, kept_back


async def test_of_the_child_of_a_protected_guardian_none_is_offered_to_be_sent(sms: Sms) -> None:
    karin, case_id = await sms.region.staff("karin", "ankaret"), sms.region.cases["child"]
    await karin.post(f"/clinic/cases/{case_id}/claims")
    sms.phones.next = [Refused("gateway_refused")]
    await sms.go_on()
    assert "Skicka igen" in (await karin.get("/clinic/sms")).text
    await sms.region.site.database.execute(
        "update residents set protected = 'yes' where id = (select opened_by from cases where id = $1)", case_id
    )
    page = (await karin.get("/clinic/sms")).text
    assert "Ring på det nummer som står i journalsystemet." in page
    assert "Skicka igen" not in page
