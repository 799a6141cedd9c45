"""Gör asynkront: the talk goes on another day with the same holder, and the patient is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from linjen.cases.moves.left_behind import return_from_gone
from linjen.core import clock
from linjen.core.swedish import date_words
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_handover import pass_on, to
from tests.stories.test_ledger import owner_does
from tests.stories.test_outreach import begin, begun

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


def status_of(page: str) -> str:
    """What the head of a case says of how it stands, with its verbs."""
    return page.partition('id="case-status"')[2].partition("</header>")[0]


async def test_until_when_stands_in_its_head_and_a_tag_in_its_row(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    url, until = f"/clinic/cases/{case_id}", clock.local_date(clock.now()) + timedelta(days=5)
    words, row = f"Asynkront till och med {date_words(until)}", f'id="case-{case_id}"'
    assert "Asynkront till och med" not in (await karin.get(url)).text
    assert "Gör asynkront" in status_of((await karin.get(url)).text)
    assert "Asynkront<" not in (await karin.get("/clinic/ledger")).text.partition(row)[2].partition("</tr>")[0]
    async with karin.listen("/clinic/ledger/stream") as ear:
        await ear.wait_for("hello")
        assert (await karin.post(f"{url}/asynchronous", {"days": "5", "tell": ""})).status_code == 303
        await ear.wait_for("row", "Asynkront<")
    status = status_of((await karin.get(url)).text)
    assert words in status
    assert "Ändra dagarna" in status
    assert "Gör asynkront" not in status
    assert words in (await karin.get(f"{url}/asynchronous")).text
    assert "Asynkront<" in (await karin.get("/clinic/ledger")).text.partition(row)[2].partition("</tr>")[0]
    assert (await karin.post(f"{url}/closings", {"reason": "advice"})).status_code == 303
    assert words not in (await karin.get(url)).text


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


async def _after(region: Region, how: str, case_id: UUID) -> None:
    """Karin lets go of the case that she has made asynchronous, in one of four ways."""
    karin = await region.staff("karin", "ankaret")
    made = await karin.post(f"/clinic/cases/{case_id}/asynchronous", {"days": "4"})
    assert made.status_code == 303
    if how == "released":
        assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    elif how == "handed_over":
        assert (await pass_on(karin, case_id, to("nurse", "bo"))).status_code == 303
    else:
        table, key = ("staff", "id") if how == "account" else ("assignments", "staff_id")
        ends = "active = false" if how == "account" else "ended_at = now()"
        await owner_does(region, f"update {table} set {ends} where {key} = '{id_of('staff/karin')}'")
        assert await return_from_gone(region.site.database) == 1


@pytest.mark.parametrize("how", ["released", "handed_over", "assignment", "account"])
async def test_it_is_her_promise_alone_and_the_next_holder_is_asked_about_it(region: Region, how: str) -> None:
    case_id, bo = region.cases["held_by_karin"], await region.staff("bo", "ankaret")
    await _after(region, how, case_id)
    assert await region.value(_KIND, case_id) == "drop_in - queued"
    assert (await bo.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert await region.value(_KIND, case_id) == "drop_in - in_progress"
    assert str(case_id) in (await bo.get("/clinic/leaving")).text
    assert (await bo.post("/clinic/sign-out", {"leave": "yes"})).status_code == 303
    assert await region.value(_KIND, case_id) == "drop_in - queued"


async def test_what_care_began_so_keeps_the_day_that_its_patient_was_told(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id = begun(await begin(karin, region.actors.residents["gustav"], days="7"))
    until = clock.local_date(clock.now()) + timedelta(days=7)
    assert (await karin.post(f"/clinic/cases/{case_id}/releases")).status_code == 303
    assert await region.value(_KIND, case_id) == f"async {until} queued"
    assert (await bo.post(f"/clinic/cases/{case_id}/claims")).status_code == 303
    assert await region.value(_KIND, case_id) == f"async {until} in_progress"
    assert str(case_id) not in (await bo.get("/clinic/leaving")).text
    await owner_does(region, f"update visits set until_on = current_date - 2 where case_id = '{case_id}'")
    assert str(case_id) in (await bo.get("/clinic/leaving")).text, "its day has passed"


async def test_the_database_itself_lets_no_promise_wait_in_a_queue(region: Region) -> None:
    kept = "update visits set kind = 'async' where case_id = $1"
    with pytest.raises(asyncpg.CheckViolationError):
        await region.site.database.execute(kept, region.cases["waiting"])
