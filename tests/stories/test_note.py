"""Intern anteckning: between colleagues, live, and never the patient's to read."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.region import Person, Region

_SECRET = "Ring laboratoriet om provet, hälsar Bo"
_EVENTS = "select count(*) from events where case_id = $1 and kind = 'note_written'"


async def note(person: Person, case_id: UUID, text: str = _SECRET, note_id: UUID | None = None) -> int:
    """Write a note; the answer's status."""
    data = {"note": text, "note_id": str(note_id or uuid4())}
    return (await person.post(f"/clinic/cases/{case_id}/notes", data)).status_code


async def test_a_colleague_reads_it_at_once_and_the_patient_learns_nothing_of_it(region: Region) -> None:
    karin, bo, ingrid = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"), await region.resident("ingrid"),
    )  # fmt: skip
    case_id = region.cases["urgent"]
    async with (
        karin.listen(f"/clinic/cases/{case_id}/stream") as ours, ingrid.listen(f"/cases/{case_id}/stream") as hers,
    ):  # fmt: skip
        await asyncio.gather(ours.wait_for("hello"), hers.wait_for("hello"))
        assert await note(bo, case_id) == 303
        await ours.wait_for("note_written")
        await karin.post(f"/clinic/cases/{case_id}/claims")
        await hers.wait_for("claimed")
        assert {kind for kind, _, _ in hers.heard} == {"hello", "claimed"}
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert _SECRET in page
    assert "Bo Hellström skrev en intern anteckning" in page
    for path in (f"/cases/{case_id}", "/cases", "/home"):
        text = (await ingrid.get(path)).text
        assert "laboratoriet" not in text, path
        assert "anteckning" not in text, path


async def test_it_is_sealed_and_logged_and_is_kept_out_of_what_is_copied(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = region.cases["waiting"]
    await note(karin, case_id)
    assert "laboratoriet" not in str(await region.site.database.fetch("select * from notes"))
    assert "laboratoriet" not in str(await region.site.database.fetch("select data from events"))
    logged = "select count(*) from access_log where case_id = $1 and verb = 'write_note'"
    assert await region.value(logged, case_id) == 1
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    copied = page.split('id="copy-text"')[1].split("</textarea>")[0]
    assert "laboratoriet" not in copied


async def test_a_double_press_is_one_note(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id, note_id = region.cases["waiting"], uuid4()
    answers = await asyncio.gather(*(note(karin, case_id, note_id=note_id) for _ in range(4)))
    assert set(answers) == {303}
    assert await region.value(_EVENTS, case_id) == 1


async def test_a_note_of_another_case_is_never_overwritten_by_its_id(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    note_id = uuid4()
    await note(karin, region.cases["waiting"], "Första", note_id)
    assert await note(karin, region.cases["teen"], "Andra", note_id) == 422
    assert "Första" in (await karin.get(f"/clinic/cases/{region.cases['waiting']}")).text
    assert await region.value("select count(*) from notes") == 1


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b", "a" * 2_001])
async def test_what_cannot_be_kept_is_told_and_stays_in_the_box(region: Region, text: str) -> None:
    karin = await region.staff("karin", "ankaret")
    case_id = region.cases["waiting"]
    answer = await karin.post(f"/clinic/cases/{case_id}/notes", {"note": text, "note_id": str(uuid4())})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert text.strip("\u200b \n") in answer.text
    assert await region.value(_EVENTS, case_id) == 0


async def test_it_is_for_who_works_with_the_unit_s_cases(region: Region) -> None:
    lena, mona = await region.staff("lena", "lyktan"), await region.staff("mona", "ankaret")
    assert await note(lena, region.cases["waiting"]) == 404
    assert await note(mona, region.cases["waiting"]) == 404, "a secretary reaches administrative cases only"
    assert await note(mona, region.cases["admin"]) == 303
    ingrid = await region.resident("ingrid")
    path = f"/clinic/cases/{region.cases['urgent']}/notes"
    assert (await ingrid.post(path, {"note": "x", "note_id": str(uuid4())})).status_code in {303, 401, 403, 404}
    assert await region.value(_EVENTS, region.cases["urgent"]) == 0


async def test_after_the_closing_colleagues_may_still_write(region: Region) -> None:
    karin = await region.staff("karin", "ankaret")
    assert await note(karin, region.cases["closed"]) == 303
