"""Avsluta: with a reason, by the holder alone, and the resident reads it afterwards."""

from __future__ import annotations

import asyncio

from tests.region import Region
from tests.stories.test_ledger import ledger_of, names_in_order, owner_does

_STATE = "select v.state from cases c join visits v on v.id = c.visit_id where c.id = $1"
_REASON = "select v.close_reason from cases c join visits v on v.id = c.visit_id where c.id = $1"


async def test_it_leaves_the_ledger_and_can_be_read_by_both_sides(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    async with bo.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        answer = await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/clinic/ledger?done=closed")
        await ear.wait_for("gone", str(case_id))
    assert "held_by_karin" not in names_in_order(region, await ledger_of(karin))
    assert "Ärendet är avslutat" in (await karin.get("/clinic/ledger?done=closed")).text
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Orsak: Råd och egenvård" in page
    assert "Hur länge har det varat?" in page
    assert 'name="message_id"' not in page
    gustav = await region.resident("gustav")
    assert "Hur länge har det varat?" in (await gustav.get(f"/cases/{case_id}")).text


async def test_the_question_has_every_reason_and_none_is_chosen(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    page = (await karin.get(f"/clinic/cases/{region.cases['held_by_karin']}/closings")).text
    assert page.count('name="reason"') == 7
    assert " checked" not in page
    assert "Gustav Öberg" in page


async def test_without_a_reason_it_is_asked_again_and_nothing_ends(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    tried: tuple[dict[str, object], ...] = ({}, {"reason": ""}, {"reason": "self_care"}, {"reason": "banan" * 2000})
    for data in tried:
        answer = await karin.post(f"/clinic/cases/{case_id}/closings", data)
        assert answer.status_code == 422, data
        if len(str(data)) < 100:
            assert "Välj hur ärendet slutade" in answer.text
            assert 'id="error-summary"' in answer.text
            assert "<title>Fel:" in answer.text
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_only_the_holder(region: Region) -> None:
    case_id = region.cases["held_by_karin"]
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    karin = await region.staff("karin", "ankaret")
    for answer in (
        await bo.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"}),
        await bo.get(f"/clinic/cases/{case_id}/closings"),
    ):
        assert answer.status_code == 409
        assert "En kollega har ärendet" in answer.text
    assert (await lena.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 404
    assert (await lena.get(f"/clinic/cases/{case_id}/closings")).status_code == 404
    waiting = await karin.post(f"/clinic/cases/{region.cases['waiting']}/closings", {"reason": "advice"})
    assert waiting.status_code == 409
    assert await region.value(_STATE, case_id) == "in_progress"


async def test_twice_the_same_is_one_end_and_another_reason_afterwards_is_refused(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url = f"/clinic/cases/{case_id}/closings"
    answers = await asyncio.gather(*(karin.post(url, {"reason": "advice"}) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert (await karin.post(url, {"reason": "booked"})).status_code == 409
    assert await region.value("select count(*) from events where case_id = $1 and kind = 'closed'", case_id) == 1
    assert await region.value(_REASON, case_id) == "advice"


async def test_what_the_resident_wrote_last_is_pointed_out_before_the_end(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    await region.site.database.execute("update cases set staff_unread = 0 where id = $1", case_id)
    await gustav.say(case_id, "En sak till")
    assert "ett meddelande som ingen har läst" in (await karin.get(f"/clinic/cases/{case_id}/closings")).text


async def test_a_failed_event_leaves_nothing_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint broken check (kind <> 'closed') not valid")
    assert (await karin.post(f"/clinic/cases/{case_id}/closings", {"reason": "advice"})).status_code == 500
    assert await region.value(_STATE, case_id) == "in_progress"
