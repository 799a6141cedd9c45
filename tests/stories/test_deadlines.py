"""Tidsgränser: the unit's administrator decides within how long each level is met, and the ledger follows at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import pytest

from linjen.cases.waiting.turn import DEADLINES
from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PATH = f"{_UNIT}/deadlines"
_USUAL = {1: "5", 2: "2", 3: "24", 4: "168", 5: "24"}


async def decide(person: Person, was: Mapping[int, int] | None = None, *, changed: Mapping[str, str]) -> int:
    """Send the form; its status."""
    fields = {f"level_{level}": value for level, value in _USUAL.items()} | dict(changed)
    fields |= {f"was_{level}": str(minutes) for level, minutes in (was or DEADLINES).items()}
    return (await person.decide(_PATH, fields)).status_code


async def test_the_administrator_decides_and_the_ledger_follows(region: Region) -> None:
    disa, karin = await region.staff("disa"), await region.staff("karin", "ankaret")
    assert f'href="{_PATH}"' in (await disa.get(_UNIT)).text
    row = re.compile(rf'<tr[^>]*id="case-{region.cases["waiting"]}"[^>]*>')
    before = row.search((await karin.get("/clinic/ledger")).text)
    async with karin.listen("/clinic/ledger/stream") as ledger:
        await ledger.wait_for("hello")
        assert await decide(disa, changed={"level_3": "3"}) == 303
        await ledger.wait_for("reload")
    assert 'name="was_3" value="180"' in (await disa.get(_PATH)).text
    after = row.search((await karin.get("/clinic/ledger")).text)
    assert before is not None and after is not None
    assert before[0] != after[0], "its deadline is another"
    assert await region.value("select count(*) from unit_deadlines") == 1, "what is as usual is no row"
    logged = "select count(*) from access_log where verb = 'set_deadlines' and refused is null"
    assert await region.value(logged) == 1
    assert await decide(disa, {**DEADLINES, 3: 180}, changed={}) == 303
    assert await region.value("select count(*) from unit_deadlines") == 0


async def test_nobody_else_does_it_here_and_she_does_it_nowhere_else(region: Region) -> None:
    for key in ("karin", "pelle", "maja", "gunvor", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert await decide(person, changed={"level_3": "1"}) == 404, key
    disa = await region.staff("disa")
    assert (await disa.get(_PATH.replace(str(id_of("unit/ankaret")), str(id_of("unit/bjorken"))))).status_code == 404


@pytest.mark.parametrize("changed", [
    {"level_3": ""}, {"level_3": "0"}, {"level_3": "721"}, {"level_3": "tre"}, {"level_2": "25"}, {"level_1": "-1"},
    {"level_3": "1 tim 60 min"}, {"level_3": "1.30"}, {"level_3": "1,5"},
])  # fmt: skip
async def test_what_is_no_time_is_told_beside_the_field_and_kept(region: Region, changed: dict[str, str]) -> None:
    disa = await region.staff("disa")
    assert await decide(disa, changed=changed) == 422
    assert await region.value("select count(*) from unit_deadlines") == 0


async def test_what_is_no_whole_hour_is_shown_to_the_minute_and_kept(region: Region) -> None:
    disa = await region.staff("disa")
    assert await decide(disa, changed={"level_2": "1 tim 30 min", "level_3": "2 tim 5 min"}) == 303
    kept = "select string_agg(level || '=' || minutes, ' ' order by level) from unit_deadlines"
    assert await region.value(kept) == "2=90 3=125"
    page = (await disa.get(_PATH)).text
    assert 'value="1 tim 30 min"' in page
    assert 'value="2 tim 5 min"' in page
    assert (
        await decide(disa, {**DEADLINES, 2: 90, 3: 125}, changed={"level_2": "1 tim 30 min", "level_3": "2 tim 5 min"})
        == 303
    )
    assert await region.value(kept) == "2=90 3=125", "what is shown and saved again stays as it is"


async def test_who_comes_second_with_an_older_page_is_told_so(region: Region) -> None:
    disa = await region.staff("disa")
    statuses = await asyncio.gather(decide(disa, changed={"level_3": "3"}), decide(disa, changed={"level_3": "6"}))
    assert sorted(statuses) == [303, 409]


async def test_without_its_log_row_nothing_is_decided(region: Region) -> None:
    disa = await region.staff("disa")
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'set_deadlines') not valid")
    assert await decide(disa, changed={"level_3": "3"}) == 500
    assert await region.value("select count(*) from unit_deadlines") == 0
