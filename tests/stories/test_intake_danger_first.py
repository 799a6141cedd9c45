"""Ring 112 direkt: words that may mean danger to life are asked about before anything else, with 112 at the top."""

from __future__ import annotations

import pytest

from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))
WORDS = "Jag har ont i halsen och plötsligt hänger ena mungipan"
CALL = "Ring 112 om det du skrev händer just nu, så får du hjälp direkt."


async def _written(region: Region, text: str = WORDS) -> Walk:
    walk = await Walk(region, await region.resident("gustav")).begin()
    return await walk.pass_start(text, unit=ANKARET)


def _is_112_at_the_top(walk: Walk) -> bool:
    main = walk.html.split("<main", 1)[1]
    return CALL in main and 'href="tel:112"' in main and main.index(CALL) < main.index("<h1")


async def test_the_page_that_confirms_comes_straight_after_the_words_with_112(region: Region) -> None:
    walk = await _written(region)
    assert walk.step == "questions/1"
    assert _is_112_at_the_top(walk)
    assert 'name="neuro.face_droop"' in walk.html
    await walk.send(walk.filled(lambda code: "yes" if code == "neuro.face_droop" else "no"))
    assert walk.step == "emergency"
    await walk.open("questions/1")
    assert walk.step == "questions/1", "she may correct it"
    await walk.send(walk.filled())
    assert walk.step == "reasons"


async def test_a_no_leads_to_the_reasons_and_is_not_asked_again(region: Region) -> None:
    walk = await _written(region)
    await walk.send(walk.filled())
    assert walk.step == "reasons"
    assert CALL not in walk.html, "she has said that it is not so"
    await walk.send({"reasons": ["halsont"]})
    assert walk.step == "questions/2"
    assert 'name="neuro.face_droop"' not in walk.html
    await walk.answer_all()
    await walk.finish()
    assert walk.step == "receipt"


async def test_vet_inte_keeps_112_on_the_page_of_reasons(region: Region) -> None:
    walk = await _written(region)
    await walk.send(walk.filled(lambda code: "unknown"))
    while walk.step.startswith("questions"):
        await walk.send(walk.filled(lambda code: "unknown"))
    assert walk.step in {"reasons", "emergency"}
    assert walk.step == "emergency" or _is_112_at_the_top(walk)


async def test_back_and_resume_find_the_way(region: Region) -> None:
    walk = await _written(region)
    base = f"/intakes/{walk.case_id}"
    assert f'href="{base}/words"' in walk.html
    await walk.open()
    assert walk.step == "questions/1"
    await walk.open("reasons")
    assert _is_112_at_the_top(walk)
    await walk.open("questions/1")
    await walk.send(walk.filled())
    assert walk.step == "reasons"
    assert f'href="{base}/questions/1"' in walk.html
    await walk.open("questions/1")
    assert walk.step == "questions/1"
    await walk.open("questions/2")
    assert walk.step.startswith("reasons")
    await walk.open()
    assert walk.step == "reasons"
    await walk.send({"reasons": ["halsont"]})
    await walk.open("reasons")
    assert f'href="{base}/words"' in walk.html
    await walk.open("questions/1")
    assert f'href="{base}/reasons"' in walk.html


@pytest.mark.parametrize("text", ["Jag har ont i halsen", "Jag har ont i halsen och feber 39"])
async def test_harmless_words_lead_to_the_reasons_as_before(region: Region, text: str) -> None:
    walk = await _written(region, text)
    assert walk.step == "reasons"
    assert CALL not in walk.html
    await walk.open("questions/1")
    assert walk.step.startswith("reasons")


async def test_a_child_is_asked_about_it_first_too(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    elsa = str(region.actors.residents["elsa"])
    words = "Elsa har ont i halsen och kan inte svälja sin saliv, hon dreglar"
    await walk.pass_start(words, patient=elsa, unit=ANKARET)
    assert walk.step == "questions/1"
    assert _is_112_at_the_top(walk)
    assert "Stämmer det?" in walk.html
