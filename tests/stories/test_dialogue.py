"""Samtycke till dialog: asked once, never chosen beforehand, kept with its history, and withdrawn when she likes."""

from __future__ import annotations

import asyncio

from tests.region import Region

_CHOICES = "select count(*) from consents where resident_id = $1 and case_id is null"
_QUESTION = "Får vården höra av sig till dig här?"


async def test_she_is_asked_on_her_first_page_once_she_has_sent_a_case(region: Region) -> None:
    ingrid, who = await region.resident("ingrid"), region.actors.residents["ingrid"]
    page = (await ingrid.get("/home")).text
    assert _QUESTION in page
    assert "checked" not in page
    assert (await ingrid.post("/dialogue", {"choice": "no", "from": "home"})).headers["location"] == "/home"
    assert _QUESTION not in (await ingrid.get("/home")).text
    assert "Du har sagt nej" in (await ingrid.get("/profile")).text
    assert await region.value(_CHOICES, who) == 1


async def test_who_has_sent_nothing_yet_is_not_asked(region: Region) -> None:
    selma = await region.resident("lively_selma")
    assert _QUESTION not in (await selma.get("/home")).text
    assert _QUESTION in (await selma.get("/profile")).text


async def test_the_profile_shows_every_choice_and_takes_a_new_one(region: Region) -> None:
    gustav = await region.resident("gustav")
    assert "Du har sagt ja." in (await gustav.get("/profile")).text
    answer = await gustav.post("/dialogue", {"choice": "no", "from": "profile"})
    page = (await gustav.get(answer.headers["location"])).text
    assert "Du har sagt nej." in page
    assert "Ja, " in page
    assert "Nej, " in page


async def test_the_same_choice_many_times_is_one_row(region: Region) -> None:
    ingrid, who = await region.resident("ingrid"), region.actors.residents["ingrid"]
    answers = await asyncio.gather(*(ingrid.post("/dialogue", {"choice": "yes"}) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert await region.value(_CHOICES, who) == 1


async def test_what_is_neither_yes_nor_no_is_no_choice(region: Region) -> None:
    ingrid, who = await region.resident("ingrid"), region.actors.residents["ingrid"]
    assert (await ingrid.post("/dialogue", {"choice": "maybe"})).status_code == 422
    assert await region.value(_CHOICES, who) == 0


async def test_the_words_are_there_in_english(region: Region) -> None:
    ingrid = await region.resident("ingrid")
    await ingrid.post("/language", {"language": "en", "next": "/home"})
    assert "May your care contact you here?" in (await ingrid.get("/home")).text
