"""Skyddad identitet is set: every open page of hers shows it, and a guardian's loses what it may not show any more."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from linjen.demo.cases import SeedCase
from tests.region import Person, Region
from tests.stories.test_ledger import send_new
from tests.stories.test_patient_info import _BANNER, _known, protect


async def second_case(region: Region, writer: str, patient: str) -> UUID:
    """One more case of a patient's, at the same unit."""
    seed = SeedCase(region.site.database, region.site.sealer, region.actors)
    case_id = await seed.draft(writer, "symptom", patient, "ankaret", "Något nytt har hänt")
    await seed.send(writer, case_id, 4, "halsont", 0)
    return case_id


def stream_of(person: Person, case_id: UUID) -> str:
    """The address of the case's stream."""
    return f"{'/clinic' if person.kind == 'staff' else ''}/cases/{case_id}/stream"


@pytest.mark.parametrize("query", ["", "?apart"])
async def test_another_case_of_hers_on_a_colleagues_screen_shows_it_without_a_reload(
    region: Region, query: str
) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id, other = region.cases["held_by_karin"], await send_new(region, "gustav", "ankaret")
    await _known(region, case_id)
    assert _BANNER not in (await bo.get(f"/clinic/cases/{other}")).text
    strange = await region.staff("petra", "ankaret")
    async with (
        bo.listen(stream_of(bo, other) + query) as ear,
        bo.listen(f"/clinic/cases/{case_id}/stream?apart") as same,
        strange.listen(stream_of(strange, region.cases["waiting"])) as elsewhere,
    ):
        for one in (ear, same, elsewhere):
            await one.wait_for("hello")
        assert (await protect(karin, case_id, "yes", "no")).status_code == 303
        await ear.wait_for("reload")
        await same.wait_for("reload")
        await asyncio.sleep(0.2)
        assert not {"reload", "gone"} & {one[0] for one in elsewhere.heard}
        assert all(one[2] == "" for one in ear.heard if one[0] == "reload")
    page = (await bo.get(f"/clinic/cases/{other}")).text
    assert _BANNER in page
    assert 'data-protected="yes"' in page


async def test_a_guardian_loses_the_childs_other_case_at_once_and_keeps_her_own(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    case_id = region.cases["child"]
    await _known(region, case_id)
    other, own = await second_case(region, "astrid", "elsa"), await send_new(region, "astrid", "ankaret")
    async with (
        astrid.listen(stream_of(astrid, other)) as ear,
        astrid.listen(stream_of(astrid, case_id)) as same,
        astrid.listen(stream_of(astrid, own)) as hers,
    ):
        for one in (ear, same, hers):
            await one.wait_for("hello")
        assert (await protect(karin, case_id, "yes", "no")).status_code == 303
        await ear.wait_for("gone")
        await same.wait_for("gone")
        await asyncio.sleep(0.2)
        assert [one[0] for one in hers.heard] == ["hello"], "she is not told of what is among staff"
    assert (await astrid.get(stream_of(astrid, other))).status_code == 404


async def test_a_guardian_who_is_protected_herself_loses_the_childs_cases(region: Region) -> None:
    karin, astrid = await region.staff("karin", "ankaret"), await region.resident("astrid")
    own = await send_new(region, "astrid", "ankaret")
    await _known(region, own)
    async with astrid.listen(stream_of(astrid, region.cases["child"])) as ear:
        await ear.wait_for("hello")
        assert (await protect(karin, own, "yes", "no")).status_code == 303
        await ear.wait_for("gone")
    assert (await astrid.get(f"/cases/{own}")).status_code == 200


async def test_the_page_of_a_child_loses_the_name_of_a_guardian_who_is_protected(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    child, own = region.cases["child"], await send_new(region, "astrid", "ankaret")
    await _known(region, child)
    await _known(region, own)
    await region.site.database.execute("update guardianships set confirmed_at = now()")
    before = _part((await bo.get(f"/clinic/cases/{child}/patient")).text, "patient-guardians")
    assert "<b>Astrid " in before
    async with bo.listen(stream_of(bo, child) + "?apart") as ear:
        await ear.wait_for("hello")
        assert (await protect(karin, own, "yes", "no")).status_code == 303
        await ear.wait_for("reload")
    assert "Astrid" not in _part((await bo.get(f"/clinic/cases/{child}/patient")).text, "patient-guardians")


def _part(html: str, name: str) -> str:
    return html.partition(f'id="{name}"')[2].partition("</div>")[0]


async def test_a_page_that_connects_just_after_is_told_too(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id, other = region.cases["held_by_karin"], await send_new(region, "gustav", "ankaret")
    await _known(region, case_id)
    assert (await protect(karin, case_id, "yes", "no")).status_code == 303
    async with bo.listen(stream_of(bo, other) + "?apart") as ear, bo.listen(stream_of(bo, other)) as talk:
        await ear.wait_for("reload")
        await talk.wait_for("reload")


async def test_a_page_apart_is_no_open_talk(region: Region) -> None:
    """Nobody is told that what is written has arrived on a page that does not show it, and nothing of it is sent."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    async with (
        karin.listen(f"/clinic/cases/{case_id}/stream?apart") as ear, gustav.listen(stream_of(gustav, case_id)) as his,
    ):  # fmt: skip
        await ear.wait_for("hello")
        await his.wait_for("hello")
        assert (await gustav.say(case_id, "Hej igen")).status_code == 201
        await his.wait_for("message_sent")
        await asyncio.sleep(0.3)
        assert [one[0] for one in ear.heard] == ["hello"]
        assert "delivered" not in [one[0] for one in his.heard]


async def test_the_ledger_has_her_other_case_anew_and_one_that_was_away_fetches_it(region: Region) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    case_id, other = region.cases["held_by_karin"], await send_new(region, "gustav", "ankaret")
    await _known(region, case_id)
    async with bo.listen("/clinic/ledger/stream") as ear:
        _, _, before = await ear.wait_for("hello")
        assert (await protect(karin, case_id, "yes", "no")).status_code == 303
        await ear.wait_for("row", str(other))
    async with bo.listen("/clinic/ledger/stream") as back:
        assert (await back.wait_for("hello"))[2] != before
