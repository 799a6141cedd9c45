"""Alarms on the administration's pages, live: who leads a unit is woken, and nothing of any case is in it."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from linjen.demo.world import id_of
from linjen.web.alarms_live import AlarmWatch
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_load import bears, weigh
from tests.stories.test_unmet import _NOON, after, emergency, taken

_STREAM = "/manage/stream"
_LOAD = f"/manage/units/{id_of('unit/ankaret')}/load"


async def version_of(person: Person, path: str = "/manage") -> str:
    """What the page says that its reader has been told."""
    found = re.search(r'id="alarms"[^>]* data-version="([0-9a-f]{16})"', (await person.get(path)).text)
    assert found
    return found[1]


async def test_the_head_of_the_unit_is_woken_when_an_alarm_begins_and_when_it_ends(region: Region) -> None:
    await emergency(region)
    gunvor, watch = await region.staff("gunvor"), AlarmWatch(region.site)
    before = await version_of(gunvor)
    async with gunvor.listen(_STREAM) as ear:
        assert (await ear.wait_for("hello"))[2] == before == await version_of(gunvor, _LOAD)
        await watch.look()
        await after(region, 6)
        await watch.look()
        await asyncio.sleep(0.2)
        assert [one[0] for one in ear.heard] == ["hello"], "not before her time has come"
        await after(region, 12)
        await watch.look()
        told = await ear.wait_for("alarms")
        assert told[2] == await version_of(gunvor) != before
        assert "1 ärende med brådskandegrad 1" in (await gunvor.get("/manage")).text
        await watch.look()
        await taken(region, region.cases["urgent"], _NOON + timedelta(minutes=13))
        await watch.look()
        assert (await ear.wait_for("alarms", before))[2] == before
        assert [one[0] for one in ear.heard] == ["hello", "alarms", "alarms"], "only what is news"
        assert all(re.fullmatch("[0-9a-f]{16}", one[2]) for one in ear.heard), "nothing of any case"


async def test_load_wakes_who_leads_and_who_sets_up_the_unit_and_nobody_of_another(region: Region) -> None:
    gunvor, disa, pelle = [await region.staff(key) for key in ("gunvor", "disa", "pelle")]
    watch = AlarmWatch(region.site)
    async with gunvor.listen(_STREAM) as hers, disa.listen(_STREAM) as admins, pelle.listen(_STREAM) as other:
        for ear in (hers, admins, other):
            await ear.wait_for("hello")
        await bears(region, 1)
        await weigh(region)
        await watch.look()
        await hers.wait_for("alarms")
        await admins.wait_for("alarms")
        await emergency(region)
        await after(region, 6)
        await after(region, 12)
        await watch.look()
        await hers.wait_for("alarms", await version_of(gunvor))
        await asyncio.sleep(0.2)
        assert [one[0] for one in admins.heard] == ["hello", "alarms"], "level 1 is for who leads"
        assert [one[0] for one in other.heard] == ["hello"]
    assert "Ett larm har börjat eller slutat" in (await gunvor.get(_LOAD)).text, "shown by the script"


async def test_a_page_that_was_drawn_before_and_connects_after_is_told_by_its_hello(region: Region) -> None:
    gunvor = await region.staff("gunvor")
    before = await version_of(gunvor)
    await bears(region, 1)
    await weigh(region)
    async with gunvor.listen(_STREAM) as ear:
        assert (await ear.wait_for("hello"))[2] not in {"", before}
        await AlarmWatch(region.site).look()
        await asyncio.sleep(0.2)
        assert [one[0] for one in ear.heard] == ["hello"], "what its hello said is no news"


@pytest.mark.parametrize("who", ["karin", "maja", "eva", "ivar", "lena"])
async def test_nobody_else_has_the_stream(region: Region, who: str) -> None:
    person = await region.staff(who)
    assert (await person.get(_STREAM)).status_code == 404
    refused = "select count(*) from access_log where verb = 'see_load' and refused = 'page' and by_id = $1"
    assert await region.value(refused, id_of(f"staff/{who}")) == 1


async def test_a_resident_and_who_is_signed_out_meet_401_and_an_ended_assignment_ends_it(region: Region) -> None:
    assert (await (await region.resident("astrid")).get(_STREAM)).status_code == 401
    gunvor, disa = await region.staff("gunvor"), await region.staff("disa")
    async with gunvor.listen(_STREAM) as ear, disa.listen(_STREAM) as other:
        await ear.wait_for("hello")
        await other.wait_for("hello")
        await owner_does(region, "update assignments set ended_at = now() where role = 'unit_manager'")
        await AlarmWatch(region.site).look()
        await ear.wait_for("signed_out")
        await disa.post("/clinic/sign-out")
        await other.wait_for("signed_out")
    assert not region.site.hub.boards()
    assert (await gunvor.get(_STREAM)).status_code == 404
    assert (await disa.get(_STREAM)).status_code == 401
