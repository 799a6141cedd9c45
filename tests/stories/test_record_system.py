"""Jag har öppnat journalen: who has looked in the record system, before the first reply; a notice, never a lock."""

from __future__ import annotations

import asyncio

from tests.region import Region
from tests.stories.test_clinic_case import read
from tests.stories.test_ledger import owner_does

_EVENTS = "select count(*) from events where case_id = $1 and kind = 'record_system_opened'"
_KEPT = "select count(*) from record_openings where case_id = $1"
_MISSING = "Öppna journalen före det första svaret"


async def test_the_notice_stands_until_somebody_has_and_then_who_and_when_is_told(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["held_by_karin"]
    assert _MISSING in await read(karin, case_id)
    assert "Inte bekräftat än" in await read(bo, case_id, "/patient")
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        answer = await bo.post(f"/clinic/cases/{case_id}/record-openings", {"back": "patient"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/clinic/cases/{case_id}/patient")
        await ear.wait_for("record_system_opened")
    page = await read(karin, case_id)
    assert _MISSING not in page
    assert "Bo Hellström har öppnat journalen" in page
    patient = await read(karin, case_id, "/patient")
    assert "Journalen öppnad Bo Hellström, " in patient
    assert f"{case_id}/record-openings" not in (await karin.get(f"/clinic/cases/{case_id}/patient")).text


async def test_a_reply_is_never_held_up_and_the_notice_stays(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert (await karin.say(case_id, "Ring 112 nu")).status_code == 201
    assert _MISSING in await read(karin, case_id)


async def test_pressed_by_two_and_twice_it_happened_once_and_the_first_stands(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = region.cases["waiting"]
    answers = await asyncio.gather(
        *(one.post(f"/clinic/cases/{case_id}/record-openings") for one in (karin, bo, karin, bo))
    )
    assert {one.status_code for one in answers} == {303}
    assert await region.value(_EVENTS, case_id) == 1
    assert await region.value(_KEPT, case_id) == 1
    first = await region.value("select by_id from record_openings where case_id = $1", case_id)
    assert first == await region.value(
        "select by_id from events where case_id = $1 and kind = 'record_system_opened'", case_id
    )


async def test_strangers_residents_and_ended_cases_are_refused_and_the_attempt_is_logged(region: Region) -> None:
    lena, gustav = await region.staff("lena", "lyktan"), await region.resident("gustav")
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    for stranger in (lena, gustav):
        assert (await stranger.post(f"/clinic/cases/{case_id}/record-openings")).status_code in {303, 404}
    assert await region.value(_KEPT, case_id) == 0
    logged = (
        "select count(*) from access_log where case_id = $1 and verb = 'open_record_system' and refused is not null"
    )
    assert await region.value(logged, case_id)
    ended = region.cases["closed"]
    assert (await karin.post(f"/clinic/cases/{ended}/record-openings")).status_code == 409
    assert await region.value(_KEPT, ended) == 0


async def test_without_its_event_nothing_is_kept(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(
        region, "alter table events add constraint no_more check (kind <> 'record_system_opened') not valid"
    )
    assert (await karin.post(f"/clinic/cases/{case_id}/record-openings")).status_code == 500
    assert await region.value(_KEPT, case_id) == 0
