"""A colleague is not there any more: a note that she has not read comes back, and her invitation lapses."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from linjen.cases.colleagues.colleague_gone import settle_gone
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.test_clinic_case import read
from tests.stories.test_handover import pass_on, to
from tests.stories.test_invitation import _OPEN, invite
from tests.stories.test_ledger import owner_does
from tests.stories.test_mention import _COUNT, person, write

_EVENT = "select data ->> 'to' from events where case_id = $1 and kind = 'note_returned'"


async def leaves(region: Region, *keys: str) -> None:
    """Their assignments end."""
    for key in keys:
        await owner_does(region, f"update assignments set ended_at = now() where staff_id = '{id_of(f'staff/{key}')}'")


async def settle(region: Region) -> int:
    """The sweep."""
    return await settle_gone(region.site.database)


async def test_what_she_has_not_read_comes_back_to_who_wrote_it(region: Region) -> None:
    karin, case_id, note_id = await region.staff("karin", "ankaret"), region.cases["held_by_bo"], uuid4()
    await write(karin, case_id, [person("sara", "physician"), person("petra", "nurse")], note_id)
    assert await settle(region) == 0
    await leaves(region, "sara")
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        assert await settle(region) == 1
        await ear.wait_for("note_returned")
    assert await settle(region) == 0, "once"
    assert await region.value(_EVENT, case_id) == "writer"
    assert _COUNT in (await karin.get("/clinic/ledger")).text
    work = (await karin.get("/clinic/mentions")).text
    assert f"/clinic/cases/{case_id}#n-{note_id}" in work
    assert "Sara Ahmadi läste inte det du skrev" in work
    page = await read(karin, case_id)
    assert "Till Sara Ahmadi, Petra Sund. Ännu inte läst av Petra Sund. Sara Ahmadi läste den inte" in page
    assert "En anteckning gick tillbaka till den som skrev den" in page
    assert _COUNT not in (await karin.get("/clinic/ledger")).text, "she has opened the case"


async def test_where_the_writer_is_gone_too_it_is_the_holders_and_then_nobodys(region: Region) -> None:
    bo, petra = await region.staff("bo", "ankaret"), await region.staff("petra", "ankaret")
    held, waiting = region.cases["held_by_karin"], region.cases["waiting"]
    for case_id in (held, waiting):
        await write(petra, case_id, person("sara", "physician"))
    await leaves(region, "sara", "petra")
    assert await settle(region) == 2
    assert await region.value(_EVENT, held) == "holder"
    assert await region.value(_EVENT, waiting) == "nobody"
    karin = await region.staff("karin", "ankaret")
    work = (await karin.get("/clinic/mentions")).text
    assert "Sara Ahmadi läste inte det som Petra Sund skrev" in work
    assert str(waiting) not in work
    assert str(held) not in (await bo.get("/clinic/mentions")).text
    assert "har inte läst den" in await read(bo, waiting)


async def test_what_she_has_read_stays_read_and_an_account_that_is_closed_counts_as_gone(region: Region) -> None:
    karin, sara, case_id = (
        await region.staff("karin", "ankaret"), await region.staff("sara", "ankaret"), region.cases["held_by_karin"],
    )  # fmt: skip
    await write(karin, case_id, person("sara", "physician"))
    await sara.get(f"/clinic/cases/{case_id}")
    await leaves(region, "sara")
    assert await settle(region) == 0
    await write(karin, case_id, person("bo", "nurse"))
    await region.site.database.execute("update staff set active = false where id = $1", id_of("staff/bo"))
    assert await settle(region) == 1


async def test_an_invitation_lapses_with_a_trace_and_she_can_be_invited_when_she_is_back(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    invitation_id = uuid4()
    await invite(karin, case_id, person("sara", "physician"), invitation_id)
    await invite(karin, case_id, person("bo", "nurse"))
    await leaves(region, "sara")
    assert await settle(region) == 1
    assert await region.value(_OPEN) == 1
    assert await region.value("select ended_by from invitations where id = $1", invitation_id) is None
    page = await read(karin, case_id)
    assert "En inbjudan upphörde, eftersom kollegan inte arbetar med ärendet längre" in page
    assert "Bo Hellström, sjuksköterska" in page
    ended = await karin.post(f"/clinic/cases/{case_id}/invitations/{invitation_id}/endings")
    assert ended.status_code in {303, 404}
    await owner_does(region, f"update assignments set ended_at = null where staff_id = '{id_of('staff/sara')}'")
    assert (await invite(karin, case_id, person("sara", "physician"))).status_code == 303
    assert await region.value(_OPEN) == 2


async def test_a_case_that_has_gone_to_another_unit_leaves_nothing_hanging(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    await write(karin, case_id, person("sara", "physician"))
    await invite(karin, case_id, person("bo", "nurse"))
    await pass_on(karin, case_id, to("physiotherapist", unit="rehab"))
    assert await settle(region) == 2
    assert await region.value(_EVENT, case_id) == "nobody"
    assert await region.value(_OPEN) == 0


async def test_two_nodes_settle_it_once_and_without_its_event_nothing_changes(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    gustav = await region.resident("gustav")
    await write(karin, case_id, person("sara", "physician"))
    await invite(karin, case_id, person("sara", "physician"))
    await leaves(region, "sara")
    broken = "alter table events add constraint no_more check (kind not in ('note_returned', 'invitation_lapsed'))"
    await owner_does(region, f"{broken} not valid")
    with pytest.raises(asyncpg.CheckViolationError):
        await settle(region)
    assert await region.value("select count(*) from note_mentions where gone_at is not null") == 0
    assert await region.value(_OPEN) == 1
    await owner_does(region, "alter table events drop constraint no_more")
    async with gustav.listen(f"/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        assert sum(await asyncio.gather(*(settle(region) for _ in range(4)))) == 2
        await asyncio.sleep(0.2)
        assert [one[0] for one in ear.heard] == ["hello"], "it is among staff"
    assert await region.value("select count(*) from events where kind in ('note_returned', 'invitation_lapsed')") == 2
