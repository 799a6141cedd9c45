"""Gör asynkront: the talk goes on another day with the same holder, and the patient is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from linjen.core import clock
from linjen.core.swedish import date_words
from tests.region import Region
from tests.stories.test_ledger import owner_does

_KIND = (
    "select v.kind || ' ' || coalesce(v.until_on::text, '-') || ' ' || v.state"
    " from cases c join visits v on v.id = c.visit_id where c.id = $1"
)


async def test_it_stays_with_its_holder_and_both_read_until_when(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id, until = region.cases["held_by_karin"], clock.local_date(clock.now()) + timedelta(days=4)
    answer = await karin.post(
        f"/clinic/cases/{case_id}/asynchronous", {"days": "4", "tell": "Jag svarar dig om fyra dagar."}
    )
    assert answer.status_code == 303
    assert await region.value(_KIND, case_id) == f"async {until.isoformat()} in_progress"
    assert f"gjorde ärendet asynkront till {date_words(until)}" in (await karin.get(f"/clinic/cases/{case_id}")).text
    page = (await gustav.get(f"/cases/{case_id}")).text
    assert "Jag svarar dig om fyra dagar." in page
    assert "Karin Lindqvist fortsätter samtalet vid ett senare tillfälle" in page
    assert (await gustav.say(case_id, "Tack!")).status_code == 201


async def test_twice_the_same_is_one_change_and_one_message(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    form = {"days": "2", "tell": "Vi hörs på tisdag."}
    answers = await asyncio.gather(*(karin.post(f"/clinic/cases/{case_id}/asynchronous", form) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    made = "select count(*) from events where case_id = $1 and kind = 'made_asynchronous'"
    assert await region.value(made, case_id) == 1


@pytest.mark.parametrize("days", ["", "0", "31", "två", "-1", "9" * 9, "²"])
async def test_a_number_of_days_that_cannot_be_is_told_and_the_message_stays(region: Region, days: str) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await karin.post(f"/clinic/cases/{case_id}/asynchronous", {"days": days, "tell": "Vi hörs."})
    assert answer.status_code == 422
    assert "mellan 1 och 30" in answer.text
    assert "Vi hörs." in answer.text
    assert await region.value(_KIND, case_id) == "drop_in - in_progress"


async def test_only_the_holder_and_only_while_it_is_held(region: Region) -> None:
    bo, lena = await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan")
    karin, form = await region.staff("karin", "ankaret"), {"days": "2"}
    held = region.cases["held_by_karin"]
    assert (await bo.post(f"/clinic/cases/{held}/asynchronous", form)).status_code == 409
    assert (await lena.post(f"/clinic/cases/{held}/asynchronous", form)).status_code == 404
    for name in ("waiting", "closed"):
        path = f"/clinic/cases/{region.cases[name]}/asynchronous"
        assert (await karin.post(path, form)).status_code == 409, name


async def test_without_its_event_nothing_has_changed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'made_asynchronous') not valid")
    answer = await karin.post(f"/clinic/cases/{case_id}/asynchronous", {"days": "2", "tell": "Vi hörs."})
    assert answer.status_code == 500
    assert await region.value(_KIND, case_id) == "drop_in - in_progress"
