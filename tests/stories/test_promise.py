"""Löftet om svar: what a resident was told is written down once, and residents and the unit see how often it held."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from linjen.cases.waiting.answer_times import find_usual
from linjen.core import clock
from linjen.core.dispatcher import Dispatcher
from linjen.demo.world import id_of
from linjen.records.promise import Kept, read_kept, watch_promises
from linjen.units.hours import expected_answer
from linjen.units.opening import see_schedule
from tests.plain_http import plain_client
from tests.region import Region
from tests.stories.intake_walk import Walk
from tests.stories.test_home import answered
from tests.stories.test_ledger import owner_does

_UNIT = id_of("unit/ankaret")
_ROWS = "select count(*) from promises"


async def _react(region: Region) -> None:
    """What the program's own reader does every few seconds; both may be at it."""
    reader = Dispatcher(region.site.database, "promises")
    watch_promises(region.site.database, reader)
    while await reader.step():
        pass


async def _send(region: Region) -> str:
    walk = await Walk(region, await region.resident("gustav")).begin()
    await walk.pass_start("Jag har ont i halsen", unit=str(_UNIT))
    await walk.send({"reasons": ["ovrigt"]})
    await walk.answer_all()
    await (await walk.to_check()).send(path=f"/intakes/{walk.case_id}/send")
    assert walk.step == "receipt"
    return walk.case_id


async def test_what_she_is_told_is_written_down_once(region: Region) -> None:
    await _react(region)
    await answered(region, 10, minutes=40)
    await region.site.database.execute("update visits set priority = 4 where close_reason = 'advice'")
    case_id = UUID(await _send(region))
    level = await region.value("select priority from visits where case_id = $1", case_id)
    for _ in range(2):
        await _react(region)
    async with region.site.database.connection() as db:
        row = await db.fetchrow("select * from promises where case_id = $1", case_id)
        schedule = await see_schedule(db, _UNIT)
        assert row is not None
        usual = await find_usual(region.site.database, db, schedule, _UNIT, row["level"], row["made_at"])
    assert usual is not None
    told = expected_answer(schedule, row["made_at"], row["level"], usual.minutes).by_at
    assert (row["unit_id"], row["level"], row["by_at"], row["share"]) == (_UNIT, level, told, 80)
    assert await region.value(_ROWS) == 1


async def test_where_nothing_can_be_told_nothing_is_written(region: Region) -> None:
    await _react(region)
    await _send(region)
    await _react(region)
    assert await region.value(_ROWS) == 0


async def _told(region: Region, name: str, made: timedelta, within: timedelta) -> None:
    """Let the case have been promised an answer `within` after `made` ago."""
    await region.site.database.execute(
        "insert into promises (case_id, unit_id, level, made_at, by_at, share)"
        " values ($1, $2, 3, $3::timestamptz, $3::timestamptz + $4::interval, 80)",
        region.cases[name], _UNIT, clock.now() - made, within,
    )  # fmt: skip


async def test_it_held_when_somebody_wrote_in_time_and_not_when_nobody_did(region: Region) -> None:
    await owner_does(region, "update messages set sent_at = now() - interval '1 hour' where by_kind = 'staff'")
    await _told(region, "held_by_karin", timedelta(hours=3), timedelta(hours=2, minutes=30))  # answered in time
    await _told(region, "held_by_bo", timedelta(hours=3), timedelta(minutes=30))  # too late, or not at all
    await _told(region, "waiting", timedelta(hours=3), timedelta(hours=5))  # its time has not come
    await _told(region, "closed", timedelta(days=40), timedelta(hours=1))  # too long ago
    async with region.site.database.connection() as db:
        assert await read_kept(db, _UNIT, clock.now()) == {3: Kept(1, 2)}
        assert await read_kept(db, id_of("unit/lyktan"), clock.now()) == {}


def test_few_promises_say_nothing() -> None:
    assert Kept(3, 4).share is None
    assert Kept(9, 12).share == 75


async def test_the_head_of_the_unit_reads_what_residents_are_told_and_how_often_it_held(region: Region) -> None:
    await answered(region, 10, minutes=95)
    await _told(region, "held_by_bo", timedelta(hours=3), timedelta(minutes=30))
    gunvor = await region.staff("gunvor")
    page = (await gunvor.get(f"/manage/units/{_UNIT}/load")).text
    print(page[page.index("promises") :][:3000])
    assert re.search(r"80 av 100 får svar inom 1 timme och 3[456] minuter, räknat på 10 svar\.", page)
    assert "Höll för 0 av 1." in page
    assert "För få svar för att säga något." in page


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_before_the_sign_in_each_unit_says_when_it_is_staffed(region: Region, language: str) -> None:

    headers = {"accept-language": language}
    async with plain_client(base_url=region.url, headers=headers) as anybody:
        front = await anybody.get("/")
        for key in ("ankaret", "lyktan"):
            assert f'href="/units/{id_of(f"unit/{key}")}"' in front.text
        assert ("Så är det öppet nu" if language == "sv" else "Who is open now") in front.text
        assert (await anybody.get("/units")).status_code == 200
        page = await anybody.get(f"/units/{_UNIT}")
        assert page.status_code == 200
        for words in ("08.00–16.00", "Måndag") if language == "sv" else ("08:00–16:00", "Monday"):
            assert words in page.text
        assert "set-cookie" not in page.headers, "who only looks is not followed"
        assert (await anybody.get(f"/units/{id_of('unit/rehab')}")).status_code == 404
        assert (await anybody.get("/units/abc")).status_code == 404
