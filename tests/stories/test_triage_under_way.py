"""Ärenden som pågår: what is begun on one version of the triage is finished on it, whatever is released meanwhile."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.intake.interview import read_assessment
from linjen.demo.world import id_of
from linjen.triage.content.library import load
from linjen.triage.releases import retire
from tests.region import Region
from tests.stories.intake_walk import Walk
from tests.stories.released import changed, release, run

ANKARET = str(id_of("unit/ankaret"))
OLD, NEW = "Har du något av det här?", "Stämmer det här på dig?"


async def begun(region: Region, who: str) -> Walk:
    """A draft about a sore throat, at its first page of questions."""
    walk = await Walk(region, await region.resident(who)).begin()
    await walk.pass_start("Jag har ont i halsen och lite feber", unit=ANKARET)
    await walk.send({"reasons": ["halsont"]})
    assert walk.step == "questions/1"
    return walk


async def asked_until_sent(walk: Walk) -> str:
    """Every page of questions from here, joined; then the case is sent."""
    pages = ""
    while walk.step.startswith("questions"):
        pages += walk.html
        await walk.send(walk.filled(lambda code: "yes" if code == "gen.fever" else "no"))
    while walk.step != "receipt":
        path = f"/intakes/{walk.case_id}/send" if walk.step == "check" else None
        await walk.send({"do": "next"} if walk.step == "pictures" else {}, path=path)
    return pages


async def protocol(region: Region, walk: Walk) -> str:
    """The version that the case was sent with."""
    return str(await region.value("select protocol from cases where id = $1", UUID(walk.case_id)))


async def test_a_draft_finishes_on_the_version_it_began_with_and_the_next_one_takes_the_new(region: Region) -> None:
    release_id = await release(region, changed("general.yaml", f'red_flags: "{OLD}"', f'red_flags: "{NEW}"'))
    first = await begun(region, "gustav")
    await run(region, release_id)
    second = await begun(region, "ingrid")
    old, new = await asked_until_sent(first), await asked_until_sent(second)
    assert NEW not in old
    assert NEW in new
    assert await protocol(region, first) == load().stamp
    assert await protocol(region, second) == region.site.shelf.running().stamp != load().stamp
    async with region.site.database.transaction() as db:
        found = await read_assessment(db, region.site.sealer, UUID(first.case_id))
    assert found is not None
    assert found.protocol == load().stamp


async def test_back_to_an_earlier_release_and_what_was_begun_between_still_finishes(region: Region) -> None:
    release_id = await release(region, changed("general.yaml", f'red_flags: "{OLD}"', f'red_flags: "{NEW}"'))
    await run(region, release_id)
    stamp = region.site.shelf.running().stamp
    walk = await begun(region, "gustav")
    await run(region, None)
    region.site.shelf._kept.clear()  # as on a node that was started since
    assert NEW in await asked_until_sent(walk)
    assert await protocol(region, walk) == stamp


async def test_a_draft_whose_version_was_retired_follows_to_the_running_one_with_its_answers(region: Region) -> None:
    release_id = await release(region, changed("general.yaml", f'red_flags: "{OLD}"', f'red_flags: "{NEW}"'))
    await run(region, release_id)
    walk = await begun(region, "gustav")
    await walk.send(walk.filled())
    assert walk.step == "questions/2"
    await run(region, None)
    async with region.site.database.transaction() as db:
        await retire(db, region.actors.staff("eva", "ankaret"), release_id)
    await walk.open()
    assert walk.step == "questions/2", "the answers to the first page stay"
    assert NEW not in await asked_until_sent(walk)
    assert await protocol(region, walk) == load().stamp


async def test_a_choice_in_an_administrative_form_never_becomes_another_line(region: Region) -> None:
    """Choices are kept as numbers of lines: read with another version's lines, "slut" would have become "en vecka"."""
    turned = changed(
        "recept.yaml", "[Det är slut, Högst tre dagar, En vecka, Längre än en vecka]",
        "[Längre än en vecka, En vecka, Högst tre dagar, Det är slut]",
    )  # fmt: skip
    release_id = await release(region, turned)
    await run(region, release_id)
    walk = await Walk(region, await region.resident("amina")).begin("admin")
    await walk.send({"unit": str(id_of("unit/bjorken"))})
    await walk.send({"text": "Jag behöver nytt recept på min medicin"})
    await walk.send({"about": "recept"})
    await walk.send({"recept.lakemedel": "Levaxin", "recept.racker": "3", "recept.besvar": "yes"})
    assert walk.step == "check"
    assert "Det är slut" in walk.html
    await run(region, None)
    await walk.open("check")
    assert "Det är slut" in walk.html, "it is finished on its own version"
    async with region.site.database.transaction() as db:
        await retire(db, region.actors.staff("eva", "ankaret"), release_id)
    await walk.open("check")
    assert walk.step == "form", "the choice is asked anew"
    assert "Levaxin" in walk.html
    await walk.send({"recept.lakemedel": "Levaxin", "recept.racker": "0", "recept.besvar": "yes"})
    await walk.send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    assert await protocol(region, walk) == load().stamp


async def test_an_answer_that_another_version_does_not_take_is_asked_anew(region: Region) -> None:
    release_id = await release(region, changed("codes.yaml", "range: [0, 36500]", "range: [0, 99999]"))
    await run(region, release_id)
    walk = await begun(region, "gustav")
    while "gen.duration_days" not in {name for name, _, _ in walk.fields()}:
        await walk.send(walk.filled())
    await walk.send({**walk.filled(lambda code: "50000" if code == "gen.duration_days" else "no")})
    assert walk.response.status_code == 200
    await run(region, None)
    async with region.site.database.transaction() as db:
        await retire(db, region.actors.staff("eva", "ankaret"), release_id)
    await walk.open()
    assert walk.response.status_code == 200
    while walk.step.startswith("questions"):
        asked = {name for name, _, _ in walk.fields()}
        if "gen.duration_days" in asked:
            break
        await walk.send(walk.filled())
    assert walk.step.startswith("questions"), "50 000 days is more than this version takes"
