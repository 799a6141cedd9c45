"""Släpp: back to the ledger with its place in the queue, by the holder alone."""

from __future__ import annotations

import asyncio

from tests.region import Region
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does

_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_RELEASES = "select count(*) from events where case_id = $1 and kind = 'released'"


async def test_it_comes_back_to_the_place_it_had(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["waiting"]
    before = names_in_order(region, await ledger_of(bo))
    await karin.post(f"/clinic/cases/{case_id}/claims")
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        answer = await karin.post(f"/clinic/cases/{case_id}/releases")
        assert (answer.status_code, answer.headers["location"]) == (303, "/clinic/ledger?done=released")
        _, _, row = await ear.wait_for("row", str(case_id))
        assert 'data-state="queued"' in row
        assert "Ta emot" in row
    assert names_in_order(region, await ledger_of(bo)) == before
    assert "sin plats i kön kvar" in (await karin.get("/clinic/ledger?done=released")).text


async def test_the_talk_and_what_happened_stay_with_the_case(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await karin.post(f"/clinic/cases/{case_id}/releases")
    await bo.post(f"/clinic/cases/{case_id}/claims")
    page = (await bo.get(f"/clinic/cases/{case_id}")).text
    assert "Hur länge har det varat?" in page
    assert "Karin Lindqvist släppte ärendet till patientliggaren" in page
    assert "Bo Hellström tog emot ärendet" in page


async def test_only_the_holder_and_only_while_it_is_held(region: Region) -> None:
    bo, karin = await region.staff("bo", "ankaret"), await region.staff("karin", "ankaret")
    lena = await region.staff("lena", "lyktan")
    held = region.cases["held_by_karin"]
    colleague = await bo.post(f"/clinic/cases/{held}/releases")
    assert colleague.status_code == 409
    assert "Karin Lindqvist har ärendet" in colleague.text
    assert (await lena.post(f"/clinic/cases/{held}/releases")).status_code == 404
    for name in ("waiting", "closed"):
        assert (await karin.post(f"/clinic/cases/{region.cases[name]}/releases")).status_code == 409, name
    assert await region.value(_STATE, held) == "in_progress"


async def test_twice_the_same_is_one_release_and_the_same_answer(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answers = await asyncio.gather(*(karin.post(f"/clinic/cases/{case_id}/releases") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_RELEASES, case_id) == 1


async def test_a_release_sent_again_after_a_colleague_took_over_does_not_pass_for_done(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    await karin.post(f"/clinic/cases/{case_id}/releases")
    await bo.post(f"/clinic/cases/{case_id}/claims")
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 409
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_release_and_close_at_once_end_as_one_of_them(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answers = await asyncio.gather(
        karin.post(f"/clinic/cases/{case_id}/releases"),
        karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"}),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    kinds = "select count(*) from events where case_id = $1 and kind in ('released', 'closed')"
    assert await region.value(kinds, case_id) == 1


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint broken check (kind <> 'released') not valid")
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 500
    assert await region.value(_STATE, case_id) == "in_progress"
