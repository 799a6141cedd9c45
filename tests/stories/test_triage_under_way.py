"""Ärenden som pågår: what is begun on one version of the triage is finished on it, whatever is released meanwhile."""

from __future__ import annotations

from uuid import UUID

from linjen.cases.interview import read_assessment
from linjen.demo.world import id_of
from linjen.triage.library import load
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
