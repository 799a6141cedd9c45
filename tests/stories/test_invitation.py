"""Bjud in: a colleague takes part in a case, reads and writes among staff, and the holder keeps it."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_mention import person, write

_OPEN = "select count(*) from invitations where ended_at is null"


async def invite(who: Person, case_id: UUID, whom: str, invitation_id: UUID | None = None) -> httpx.Response:
    """Send the form."""
    return await who.post(
        f"/clinic/cases/{case_id}/invitations", {"invite": whom, "invitation_id": str(invitation_id or uuid4())}
    )


async def test_the_physician_takes_part_and_the_nurse_keeps_the_case(region: Region) -> None:
    karin, sara, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    visit = "select v.*::text from cases c join visits v on v.id = c.visit_id where c.id = $1"
    before = await region.value(visit, case_id)
    assert (await invite(karin, case_id, person("sara", "physician"))).status_code == 303
    assert await region.value(visit, case_id) == before
    ledger = (await sara.get("/clinic/ledger")).text
    assert 'Inbjuden <span class="lj-count">1</span>' in ledger
    assert str(case_id) not in ledger
    assert str(case_id) in (await sara.get("/clinic/ledger/invited")).text
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Sara Ahmadi, läkare" in page
    assert "Karin Lindqvist bjöd in en kollega (läkare)" in page
    assert (await sara.say(case_id, "Hej")).status_code in {404, 409}, "the talk with the patient is the holder's"
    assert (await write(sara, case_id, "", text="Börja med penicillin")).status_code == 303
    assert str(case_id) in (await karin.get("/clinic/mentions")).text, "what the one writes is put before the other"
    assert "Börja med penicillin" in (await karin.get(f"/clinic/cases/{case_id}")).text
    await write(karin, case_id, "", text="Tack")
    assert str(case_id) in (await sara.get("/clinic/mentions")).text


async def test_it_comes_and_goes_in_an_open_list(region: Region) -> None:
    karin, sara, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    async with sara.listen("/clinic/ledger/stream?view=invited") as hers:
        await hers.wait_for("hello")
        await invite(karin, case_id, person("sara", "physician"))
        await hers.wait_for("row", str(case_id))
        await sara.post(f"/clinic/cases/{case_id}/leavings")
        await hers.wait_for("gone", str(case_id))


async def test_who_is_invited_leaves_when_she_is_done(region: Region) -> None:
    karin, sara, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    await invite(karin, case_id, person("sara", "physician"))
    assert (await karin.post(f"/clinic/cases/{case_id}/leavings")).status_code == 409
    for _ in range(2):
        assert (await sara.post(f"/clinic/cases/{case_id}/leavings")).status_code == 303
    assert await region.value(_OPEN) == 0
    assert await region.value("select count(*) from events where kind = 'left_case'") == 1
    assert str(case_id) not in (await sara.get("/clinic/ledger/invited")).text
    assert "lämnade ärendet som inbjuden" in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert (await invite(karin, case_id, person("sara", "physician"))).status_code == 303, "and may be asked again"


async def test_who_invited_and_who_holds_the_case_may_end_it_and_nobody_else(region: Region) -> None:
    karin, bo, petra, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("petra", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    first, second = uuid4(), uuid4()
    await invite(bo, case_id, person("sara", "physician"), first)
    path = f"/clinic/cases/{case_id}/invitations"
    assert (await petra.post(f"{path}/{first}/endings")).status_code == 409
    for _ in range(2):
        assert (await karin.post(f"{path}/{first}/endings")).status_code == 303
    await invite(bo, case_id, person("sara", "physician"), second)
    assert (await bo.post(f"{path}/{second}/endings")).status_code == 303
    assert await region.value(_OPEN) == 0
    assert (await bo.post(f"/clinic/cases/{region.cases['waiting']}/invitations/{second}/endings")).status_code in {
        404, 409,
    }  # fmt: skip


async def test_the_same_form_twice_is_one_invitation_and_two_forms_are_told(region: Region) -> None:
    karin, bo, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    same = uuid4()
    answers = await asyncio.gather(*(invite(karin, case_id, person("sara", "physician"), same) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    late = await invite(bo, case_id, person("sara", "physician"))
    assert (late.status_code, "redan inbjuden" in late.text) == (422, True)
    both = await asyncio.gather(*(invite(who, case_id, person("petra", "nurse")) for who in (karin, bo)))
    assert sorted(answer.status_code for answer in both) == [303, 422]


@pytest.mark.parametrize(
    ("whom", "words"),
    [
        (person("mona", "medical_secretary"), "ser administrativa ärenden"), (person("ivar", "nurse"), "arbetar inte"),
        (person("fadime", "physiotherapist"), "arbetar inte"), (person("bo", "nurse"), "någon annan än dig själv"),
        (person("karin", "nurse"), "redan ansvarig"), ("physician", "Välj vem"), ("", "Välj vem"),
    ],
)  # fmt: skip
async def test_who_does_not_reach_the_case_by_herself_is_not_invited(region: Region, whom: str, words: str) -> None:
    bo = await region.staff("bo", "ankaret")
    answer = await invite(bo, region.cases["held_by_karin"], whom)
    assert answer.status_code == 422
    assert words in answer.text
    assert await region.value(_OPEN) == 0


async def test_a_secretary_is_invited_into_an_administrative_case(region: Region) -> None:
    karin, mona = await region.staff("karin", "ankaret"), await region.staff("mona", "ankaret")
    assert (await invite(karin, region.cases["admin"], person("mona", "medical_secretary"))).status_code == 303
    assert str(region.cases["admin"]) in (await mona.get("/clinic/ledger/invited")).text


async def test_an_invitation_opens_nothing_to_who_has_left_and_strangers_meet_nothing(region: Region) -> None:
    karin, bo, lena, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("lena", "lyktan"), region.cases["held_by_karin"],
    )  # fmt: skip
    await invite(karin, case_id, person("bo", "nurse"))
    await owner_does(region, f"update assignments set ended_at = now() where staff_id = '{id_of('staff/bo')}'")
    assert (await bo.get(f"/clinic/cases/{case_id}")).status_code == 404
    assert "Bo Hellström, sjuksköterska" not in (await karin.get(f"/clinic/cases/{case_id}")).text
    assert (await invite(lena, case_id, person("lena", "nurse"))).status_code == 404
    assert (await lena.post(f"/clinic/cases/{case_id}/leavings")).status_code == 404


async def test_a_closed_case_takes_no_more_colleagues(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert (await invite(karin, region.cases["closed"], person("sara", "physician"))).status_code == 409
    assert "/invitations" not in (await karin.get(f"/clinic/cases/{region.cases['closed']}")).text


async def test_the_patient_learns_nothing_of_it(region: Region) -> None:
    karin, sara, gustav, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), await region.resident("gustav"),
        region.cases["held_by_karin"],
    )  # fmt: skip
    async with gustav.listen(f"/cases/{case_id}/stream") as hers:
        await hers.wait_for("hello")
        await invite(karin, case_id, person("sara", "physician"))
        await sara.post(f"/clinic/cases/{case_id}/leavings")
        await karin.post(f"/clinic/cases/{case_id}/releases")
        await hers.wait_for("released")
        assert {kind for kind, _, _ in hers.heard} == {"hello", "released"}
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "bjud" not in page.lower()
    assert "Ahmadi" not in page


@pytest.mark.parametrize("kind", ["invited", "left_case", "uninvited"])
async def test_without_its_event_nothing_has_changed(region: Region, kind: str) -> None:
    karin, sara, case_id, one = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
        uuid4(),
    )  # fmt: skip
    before = 0
    if kind != "invited":
        await invite(karin, case_id, person("sara", "physician"), one)
        before = 1
    await owner_does(region, f"alter table events add constraint no_more check (kind <> '{kind}') not valid")
    answers = {
        "invited": lambda: invite(karin, case_id, person("sara", "physician")),
        "left_case": lambda: sara.post(f"/clinic/cases/{case_id}/leavings"),
        "uninvited": lambda: karin.post(f"/clinic/cases/{case_id}/invitations/{one}/endings"),
    }
    assert (await answers[kind]()).status_code == 500
    assert await region.value(_OPEN) == before
