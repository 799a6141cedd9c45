"""Hänvisa till rätt enhet: the patient is told where to turn, and the case is closed, in one step."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

_STATE = (
    "select v.state || ' ' || coalesce(v.close_reason, '-') from cases c join visits v on v.id = c.visit_id"
    " where c.id = $1"
)
_SAID = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
_WORDS = "Ditt ärende hör till [enhet], som hjälper dig vidare."


async def point(person: Person, case_id: UUID, unit: str = "lyktan", text: str = _WORDS) -> httpx.Response:
    """Send the form."""
    chosen = str(id_of(f"unit/{unit}")) if unit else ""
    return await person.post(f"/clinic/cases/{case_id}/signposts", {"unit": chosen, "text": text})


async def test_the_patient_reads_where_to_turn_and_the_case_is_closed_as_the_wrong_units(region: Region) -> None:
    karin, gustav, case_id = (
        await region.staff("karin", "ankaret"), await region.resident("gustav"), region.cases["held_by_karin"],
    )  # fmt: skip
    assert "/signposts" in (await karin.get(f"/clinic/cases/{case_id}/closings")).text
    page = (await karin.get(f"/clinic/cases/{case_id}/signposts")).text
    assert "Hälsocentralen Lyktan" in page
    assert "/handovers" in page
    answer = await point(karin, case_id)
    assert (answer.status_code, answer.headers["location"]) == (303, "/clinic/ledger?done=closed")
    assert await region.value(_STATE, case_id) == "closed wrong_unit"
    hers = (await gustav.get(f"/cases/{case_id}")).text
    assert "Ditt ärende hör till Hälsocentralen Lyktan, telefon 070-174 06 13, som hjälper dig vidare." in hers


async def test_an_open_place_is_not_sent(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    said = await region.value(_SAID, case_id)
    for unit, text, words in (
        ("", _WORDS, "Välj en enhet"),
        ("lyktan", "  ", "Skriv ett meddelande"),
        ("ankaret", _WORDS, "Välj"),
    ):
        answer = await point(karin, case_id, unit, text)
        assert answer.status_code == 422
        assert words in answer.text
    assert await region.value(_SAID, case_id) == said
    assert (await point(karin, case_id, "", "Vänd dig till din hälsocentral.")).status_code == 303


async def test_many_times_is_one_message_and_one_end(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    said = await region.value(_SAID, case_id)
    assert isinstance(said, int)
    answers = await asyncio.gather(*(point(karin, case_id) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_SAID, case_id) == said + 1


async def test_only_the_holder_and_only_while_it_is_held(region: Region) -> None:
    karin, bo, lena = (
        await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret"),
        await region.staff("lena", "lyktan"),
    )  # fmt: skip
    assert (await point(bo, region.cases["held_by_karin"])).status_code == 409
    assert (await point(lena, region.cases["held_by_karin"])).status_code == 404
    assert (await point(karin, region.cases["waiting"])).status_code in {404, 409}
    assert (await point(karin, region.cases["closed"])).status_code == 409
    assert await region.value(_STATE, region.cases["held_by_karin"]) == "in_progress -"


async def test_without_its_event_nothing_is_sent_or_closed(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await owner_does(region, "alter table events add constraint no_more check (kind <> 'closed') not valid")
    said = await region.value(_SAID, case_id)
    assert (await point(karin, case_id)).status_code == 500
    assert await region.value(_STATE, case_id) == "in_progress -"
    assert await region.value(_SAID, case_id) == said


async def test_another_text_after_the_end_is_given_back_and_not_answered_as_if_sent(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    assert [(await point(karin, case_id)).status_code for _ in range(2)] == [303, 303]
    said = await region.value(_SAID, case_id)
    other = await point(karin, case_id, "", "Vänd dig till mottagningen i stället.")
    assert other.status_code == 409
    page = other.text.partition("</main")[0]
    assert "Vänd dig till mottagningen i stället." in page
    assert "Du avslutade ärendet" in page
    assert await region.value(_SAID, case_id) == said
