"""Redan sagt: what she wrote is confirmed with one tap, can be denied, and is never asked twice."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.intake.start import read_intake
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.intake_walk import Walk

ANKARET = str(id_of("unit/ankaret"))
WORDS = "Jag har haft feber i tre dagar, hostar och har ont i halsen. Tar Waran."


async def _asked(region: Region, text: str = WORDS, who: str = "gustav") -> Walk:
    walk = await Walk(region, await region.resident(who)).begin()
    await walk.pass_start(text, unit=ANKARET)
    await walk.send({"reasons": ["halsont"]})
    assert walk.step == "questions/1"
    return walk


async def _answers(region: Region, walk: Walk) -> dict[str, object]:
    async with region.site.database.transaction() as db:
        intake = await read_intake(db, region.site.sealer, UUID(walk.case_id))
    return intake.interview["answers"]  # type: ignore[return-value]


async def test_what_she_wrote_stands_with_her_words_and_nothing_is_filled_in(region: Region) -> None:
    walk = await _asked(region)
    for words in ("Du skrev det här. Stämmer det?", "Du skrev ”feber”.", "Du skrev ”i tre dagar”.", "Ja, 3 dagar"):
        assert words in walk.html, words
    assert "checked" not in walk.response.text.split("<main")[1]
    await walk.send({"do": "next"})
    assert walk.response.status_code == 422
    assert await _answers(region, walk) == {}


async def test_one_tap_confirms_all_of_it(region: Region) -> None:
    walk = await _asked(region)
    await walk.send({"do": "all"})
    assert walk.step == "questions/2"
    found = await _answers(region, walk)
    assert (found["gen.fever"], found["gen.fever_days"], found["med.anticoag"]) == (True, 3, True)
    while walk.step.startswith("questions"):
        assert "Har du feber, 38 grader" not in walk.html, "it is not asked again"
        await walk.send(walk.filled())


async def test_a_wrong_reading_is_denied_and_another_number_written(region: Region) -> None:
    walk = await _asked(region)
    given = {name: "no" for name, kind, _ in walk.fields() if kind == "radio"}
    await walk.send({**given, "gen.fever": "yes", "gen.fever_days": "other", "gen.fever_days.number": "några"})
    assert walk.response.status_code == 422
    assert 'value="några"' in walk.html
    await walk.send({**given, "gen.fever": "yes", "gen.fever_days": "other", "gen.fever_days.number": "5"})
    found = await _answers(region, walk)
    assert (found["gen.fever"], found["gen.fever_days"], found["med.anticoag"]) == (True, 5, False)
    await walk.open("questions/1")
    assert 'value="5"' in walk.html


async def test_what_means_haste_is_never_confirmed_in_passing(region: Region) -> None:
    walk = await _asked(region, "Jag har ont i halsen, feber och hosta, och det trycker över bröstet")
    assert "Ja, allt stämmer" not in walk.html
    await walk.send({"do": "all"})
    assert walk.response.status_code == 422
    assert await _answers(region, walk) == {}


async def test_for_a_child_the_heading_speaks_to_the_parent_and_the_questions_of_the_child(region: Region) -> None:
    walk = await Walk(region, await region.resident("astrid")).begin()
    await walk.pass_start(
        "Elsa har ont i halsen, hostar och har feber sedan i går",
        patient=str(region.actors.residents["elsa"]),
        unit=ANKARET,
    )
    await walk.send({"reasons": ["halsont"]})
    while "Du skrev det här. Stämmer det?" not in walk.html:  # a child meets the danger screen first
        assert walk.step.startswith("questions")
        await walk.send(walk.filled())
    assert "Har Elsa feber, 38 grader eller mer?" in walk.html
    assert "Ja, 1 dag<" in walk.html
