"""Omnämnd: who is named in an internal note has it before her until she has opened the case."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

_TEXT = "Kan du titta på dosen?"
_COUNT = 'Omnämnd <span class="lj-count">1</span>'


def person(key: str, role: str) -> str:
    """The option of the list."""
    return f"{role}/{id_of(f'staff/{key}')}"


async def write(
    who: Person, case_id: UUID, mention: str | list[str], note_id: UUID | None = None, text: str = _TEXT
) -> httpx.Response:
    """A note to somebody."""
    return await who.post(
        f"/clinic/cases/{case_id}/notes", {"note": text, "note_id": str(note_id or uuid4()), "mention": mention}
    )


async def test_she_has_it_as_work_until_she_has_opened_the_case(region: Region) -> None:
    karin, sara, bo = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"),
        await region.staff("bo", "ankaret"),
    )  # fmt: skip
    case_id, note_id = region.cases["held_by_karin"], uuid4()
    assert _COUNT not in (await sara.get("/clinic/ledger")).text
    assert (await write(karin, case_id, person("sara", "physician"), note_id)).status_code == 303
    assert "Ännu inte läst av Sara Ahmadi" in (await karin.get(f"/clinic/cases/{case_id}")).text
    work = (await sara.get("/clinic/mentions")).text
    assert _COUNT in work
    assert f"/clinic/cases/{case_id}#n-{note_id}" in work
    assert "dosen" not in work
    assert str(case_id) not in (await bo.get("/clinic/mentions")).text
    page = (await sara.get(f"/clinic/cases/{case_id}")).text
    assert _TEXT in page
    assert "Till Sara Ahmadi" in page
    assert _COUNT not in (await sara.get("/clinic/ledger")).text
    assert str(case_id) not in (await sara.get("/clinic/mentions")).text
    assert "Ännu inte läst" not in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_a_page_that_fetches_itself_anew_has_read_nothing(region: Region) -> None:
    karin, sara = await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret")
    case_id = region.cases["held_by_karin"]
    await write(karin, case_id, person("sara", "physician"))
    path = f"/clinic/cases/{case_id}"
    assert (await sara.http.get(path, headers={"sec-fetch-dest": "empty"})).status_code == 200
    assert _COUNT in (await sara.get("/clinic/ledger")).text
    assert (await sara.http.get(path, headers={"sec-fetch-dest": "document"})).status_code == 200
    assert _COUNT not in (await sara.get("/clinic/ledger")).text


@pytest.mark.parametrize(("looked", "is_read"), [("1", True), ("0", False)])
async def test_what_comes_into_a_page_that_is_looked_at_has_been_read(
    region: Region, looked: str, is_read: bool
) -> None:
    karin, sara = await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret")
    case_id = region.cases["held_by_karin"]
    await write(karin, case_id, person("sara", "physician"))
    headers = {"sec-fetch-dest": "empty", "x-linjen": "1", "x-looked-at": looked}
    assert (await sara.http.get(f"/clinic/cases/{case_id}", headers=headers)).status_code == 200
    assert (_COUNT not in (await sara.get("/clinic/ledger")).text) is is_read


async def test_several_are_named_once_each_and_a_double_press_is_one_note(region: Region) -> None:
    karin, case_id, note_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"], uuid4()
    named = [person("sara", "physician"), person("bo", "nurse"), person("bo", "nurse"), ""]
    answers = await asyncio.gather(*(write(karin, case_id, named, note_id) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value("select count(*) from note_mentions") == 2
    assert "Till Sara Ahmadi, Bo Hellström" in (await karin.get(f"/clinic/cases/{case_id}")).text


@pytest.mark.parametrize(
    ("mention", "words"),
    [
        (person("mona", "medical_secretary"), "ser administrativa ärenden"), (person("ivar", "nurse"), "arbetar inte"),
        (person("lena", "nurse"), "arbetar inte"), (person("karin", "nurse"), "någon annan än dig själv"),
        (person("sara", "nurse"), "arbetar inte"), ("nurse", "Välj en kollega"), ("hej/då", "Välj en kollega"),
        ([person("bo", "nurse")] * 6, "Välj en kollega"),
    ],
)  # fmt: skip
async def test_who_has_no_reach_is_not_named_and_the_text_stays(
    region: Region, mention: str | list[str], words: str
) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await write(karin, case_id, mention)
    assert answer.status_code == 422
    assert words in answer.text
    assert _TEXT in answer.text
    assert await region.value("select count(*) from notes") == 0


async def test_a_case_that_has_moved_out_of_reach_is_no_work_any_more(region: Region) -> None:
    karin, sara = await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret")
    case_id = region.cases["held_by_karin"]
    await write(karin, case_id, person("sara", "physician"))
    await owner_does(
        region,
        f"update visits set unit_id = '{id_of('unit/bjorken')}' where id = (select visit_id from cases"
        f" where id = '{case_id}')",
    )
    assert _COUNT not in (await sara.get("/clinic/ledger")).text
    assert str(case_id) not in (await sara.get("/clinic/mentions")).text


async def test_the_patient_and_administrators_meet_nothing_of_it(region: Region) -> None:
    karin, gustav, maja = (
        await region.staff("karin", "ankaret"), await region.resident("gustav"), await region.staff("maja", "ankaret"),
    )  # fmt: skip
    await write(karin, region.cases["held_by_karin"], person("sara", "physician"))
    page = (await gustav.get(f"/cases/{region.cases['held_by_karin']}")).text
    assert "dosen" not in page
    assert "Ahmadi" not in page
    assert (await maja.get("/clinic/mentions")).status_code == 404


async def test_without_its_event_nobody_is_named(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'note_written') not valid")
    answer = await write(karin, region.cases["held_by_karin"], person("sara", "physician"))
    assert answer.status_code == 500
    assert await region.value("select count(*) from note_mentions") == 0
