"""A language that the region adds: its questions are shown in it, and what is missing openly in English."""

from __future__ import annotations

from linjen.demo.world import id_of
from linjen.triage.content.files import FOLDER, files_in
from tests.region import Person, Region
from tests.rules.test_languages import ROVAR
from tests.stories.intake_walk import Walk
from tests.stories.released import release, run

ANKARET = str(id_of("unit/ankaret"))


async def _speaking(region: Region, language: str) -> Person:
    """Gustav, whose pages are in this language."""
    gustav = await region.resident("gustav")
    await region.site.database.execute(
        "update sessions set language = $2 where person_id = $1", region.actors.residents["gustav"], language
    )
    return gustav


async def test_an_added_language_is_shown_and_what_it_lacks_is_told(region: Region) -> None:
    files = {**files_in(FOLDER), "language_zz.yaml": ROVAR.encode()}
    await run(region, await release(region, files))
    walk = await Walk(region, await _speaking(region, "zz")).begin()
    await walk.pass_start("Jag har ont i halsen", unit=ANKARET)
    assert "Hohalolsosonontot" in walk.html, "the name of the contact reason"
    await walk.send({"reasons": ["halsont"]})
    seen_own = seen_fallback = False
    while walk.step.startswith("questions"):
        seen_own |= "Hohåror dodu?" in walk.html
        if "shown in English" in walk.html:
            seen_fallback = True
            assert '<div class="lj-stack" lang="en">' in walk.html
        await walk.send(walk.filled())
    assert seen_own
    assert seen_fallback
    assert walk.step == "self-care"
    assert '<section class="lj-panel" lang="en" dir="auto">' in walk.html
    await walk.to_check()


async def test_in_english_nothing_is_missing(region: Region) -> None:
    walk = await Walk(region, await _speaking(region, "en")).begin()
    await walk.pass_start("I have a sore throat", unit=ANKARET)
    await walk.send({"reasons": ["halsont"]})
    while walk.step != "check":
        assert "is not in English yet" not in walk.html, walk.step
        if walk.step.startswith("questions"):
            await walk.send(walk.filled())
        else:
            await walk.to_check()
