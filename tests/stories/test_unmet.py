"""Level 1 that nobody has opened: after five staffed minutes its role is told, after five more the head of the unit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from linjen.cases.waiting.unmet import tell_unmet
from linjen.core import clock
from linjen.demo.world import id_of
from tests.region import Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

#: A Tuesday far ahead, so that the program's own rounds leave it alone: Ankaret is staffed from 8 to 16.30, in UTC
#: from 7 to 15.30.
_NOON = datetime(2037, 11, 24, 11, tzinfo=UTC)
_TOLD = "select count(*) from events where case_id = $1 and kind = 'went_unmet'"
_BO, _GUNVOR = "+46701740691", "+46701740699"


async def emergency(region: Region, since: datetime = _NOON, name: str = "urgent") -> UUID:
    """A case of level 1 that has waited since `since`; every other has it not."""
    await owner_does(
        region,
        f"update visits set priority = 1, queued_at = '{since.isoformat()}' where case_id = '{region.cases[name]}'",
    )
    return region.cases[name]


async def taken(region: Region, case_id: UUID, at: datetime) -> None:
    """Karin takes the case, and it happened at `at`."""
    await (await region.staff("karin", "ankaret")).post(f"/clinic/cases/{case_id}/claims")
    await owner_does(region, f"update visits set claimed_at = '{at.isoformat()}' where case_id = '{case_id}'")


async def after(region: Region, minutes: float, since: datetime = _NOON) -> int:
    """Look, so many minutes after noon; how many steps were told."""
    return await tell_unmet(region.site.database, since + timedelta(minutes=minutes))


@pytest.fixture
async def sms(region: Region) -> Sms:
    """Bo has chosen SMS for new cases; Gunvor, who leads the unit, has a number."""
    await region.site.database.execute(
        "update staff set phone = $2, sms_new_cases = 'staffed' where id = $1", id_of("staff/bo"), _BO
    )
    return await Sms(region).begin()


async def test_the_role_is_told_after_five_minutes_and_the_head_of_the_unit_after_five_more(sms: Sms) -> None:
    region = sms.region
    case_id = await emergency(region)
    assert await after(region, 4.9) == 0
    assert await after(region, 5.1) == 1
    assert await after(region, 5.4) == 0, "each step once"
    sent = await sms.go_on()
    assert [(one.to, one.text) for one in sent] == [
        (_BO, "Region Exempel: Ett ärende i patientliggaren väntar på att någon öppnar det genast.")
    ]
    karin = await region.staff("karin", "ankaret")
    page = (await karin.get(f"/clinic/cases/{region.cases['waiting']}")).text
    assert "Ett ärende med brådskandegrad 1 har väntat i 5 minuter" in page.partition("lj-unmet")[2]
    assert "lj-unmet" not in (await karin.get(f"/clinic/cases/{case_id}")).text, "of the case itself it stands there"
    assert await after(region, 10) == 0
    assert await after(region, 10.2) == 1
    sent = await sms.go_on()
    assert [(one.to, one.text) for one in sent] == [
        (
            _GUNVOR,
            "Region Exempel: Ett ärende med högsta prioritet har väntat i tio minuter på att någon ska öppna det.",
        )
    ]
    assert await after(region, 60) == 0
    assert await region.value("select count(*) from events where kind = 'sms_told'") == 0, "no part of the case"
    karin = await region.staff("karin", "ankaret")
    assert "larm: oöppnat i 10 min" in (await karin.get("/clinic/ledger")).text
    page = (await karin.get(f"/clinic/cases/{case_id}")).text
    assert "Ingen hade öppnat ärendet på 5 minuter. De som arbetar med kön larmades" in page
    assert "Ingen hade öppnat ärendet på 10 minuter. Verksamhetschefen larmades" in page
    ingrid = await region.resident("ingrid")
    assert "larmades" not in (await ingrid.get(f"/cases/{case_id}")).text


async def test_the_head_of_the_unit_reads_numbers_and_times_and_nothing_of_the_case(region: Region) -> None:
    await emergency(region)
    gunvor, disa = await region.staff("gunvor"), await region.staff("disa")
    await after(region, 6)
    assert "brådskandegrad 1" not in (await gunvor.get("/manage")).text, "not before her time has come"
    await after(region, 12)
    page = (await gunvor.get("/manage")).text
    assert "Hälsocentralen Ankaret: 1 ärende med brådskandegrad 1 har väntat sedan" in page
    assert "Ingrid" not in page
    assert "andning" not in page.lower()
    logged = "select count(*) from access_log where by_id = $1 and verb = 'see_alarms' and $2 = any(shown)"
    assert await region.value(logged, id_of("staff/gunvor"), id_of("unit/ankaret")) == 1
    assert "brådskandegrad 1" not in (await disa.get("/manage")).text


async def test_where_nobody_leads_the_unit_the_page_does_not_say_that_somebody_was_told(region: Region) -> None:
    case_id = await emergency(region)
    await owner_does(region, "update assignments set ended_at = now() where role = 'unit_manager'")
    await after(region, 6)
    await after(region, 12)
    page = (await (await region.staff("karin", "ankaret")).get(f"/clinic/cases/{case_id}")).text
    assert "Enheten har ingen verksamhetschef att larma" in page


async def test_who_takes_it_ends_the_alarm_and_nobody_is_told_any_more(sms: Sms) -> None:
    region = sms.region
    case_id = await emergency(region)
    await after(region, 6)
    await sms.react()
    await taken(region, case_id, _NOON + timedelta(minutes=7))
    karin = await region.staff("karin", "ankaret")
    assert "larm:" not in (await karin.get("/clinic/ledger")).text
    assert [one for one in await sms.go_on() if one.to == _BO] == []
    assert await after(region, 11) == 0
    assert await region.value("select count(*) from unmet where ended_at is null") == 0
    assert "brådskandegrad 1" not in (await (await region.staff("gunvor")).get("/manage")).text


async def test_what_returns_to_the_queue_is_told_of_anew(region: Region) -> None:
    case_id = await emergency(region)
    await after(region, 6)
    await taken(region, case_id, _NOON + timedelta(minutes=7))
    await after(region, 8)
    await (await region.staff("karin", "ankaret")).post(f"/clinic/cases/{case_id}/releases")
    back = _NOON + timedelta(minutes=30)
    await owner_does(region, f"update events set at = '{back.isoformat()}' where kind = 'released'")
    assert await after(region, 4, back) == 0
    assert await after(region, 5, back) == 1
    assert await region.value(_TOLD, case_id) == 2


async def test_an_answer_that_the_holder_has_not_read_counts_from_when_it_came(region: Region) -> None:
    case_id = await emergency(region, name="held_by_karin")
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    await karin.get(f"/clinic/cases/{case_id}")
    seq = await region.value("select counter from cases where id = $1", case_id)
    headers = {"origin": region.url, "sec-fetch-site": "same-origin", "x-csrf": karin.csrf, "x-linjen": "1"}
    await karin.http.post(f"/clinic/cases/{case_id}/reading", json={"seq": seq}, headers=headers)
    await owner_does(
        region,
        f"insert into reading_marks (case_id, party, read_seq) values ('{case_id}', 'staff', {seq})"
        " on conflict (case_id, party) do update set read_seq = excluded.read_seq",
    )
    await owner_does(region, f"update cases set staff_unread = 0 where id = '{case_id}'")
    assert await after(region, 60) == 0
    await gustav.say(case_id, "Nu är det värre")
    came = _NOON + timedelta(hours=1)
    await owner_does(
        region, f"update messages set sent_at = '{came.isoformat()}' where case_id = '{case_id}' and seq > {seq}"
    )
    assert await after(region, 4, came) == 0
    assert await after(region, 5, came) == 1
    assert "larm: oläst i 5 min" in (await karin.get("/clinic/mine")).text


@pytest.mark.parametrize(
    ("since", "minutes", "told"),
    [
        (datetime(2037, 11, 24, 15, 27, tzinfo=UTC), 10, 0),  # three minutes before the staff leaves
        (datetime(2037, 11, 24, 15, 27, tzinfo=UTC), 15 * 60 + 34.5, 0),  # 7.01 in the morning: four minutes
        (datetime(2037, 11, 24, 15, 27, tzinfo=UTC), 15 * 60 + 35.5, 1),
        (datetime(2037, 11, 24, 22, tzinfo=UTC), 120, 0),
        (datetime(2037, 11, 24, 15, 20, tzinfo=UTC), 160, 0),  # its time came, and nobody is there any more
        (datetime(2037, 11, 27, 20, tzinfo=UTC), 24 * 60, 0),  # a Saturday
    ],
    ids=["end_of_day", "next_morning_four", "next_morning_five", "night", "left", "weekend"],
)
async def test_only_staffed_minutes_count(region: Region, since: datetime, minutes: float, told: int) -> None:
    await emergency(region, since)
    assert await after(region, minutes, since) == told


async def test_other_levels_are_not_told_of(region: Region) -> None:
    await owner_does(region, f"update visits set queued_at = '{_NOON.isoformat()}' where state = 'queued'")
    assert await after(region, 300) == 0


async def test_two_nodes_tell_once(region: Region) -> None:
    case_id = await emergency(region)
    assert sum(await asyncio.gather(*(after(region, 6) for _ in range(5)))) == 1
    assert await region.value(_TOLD, case_id) == 1


async def test_one_that_is_taken_in_the_same_second_is_not_told_of(region: Region) -> None:
    case_id = await emergency(region)
    db = await asyncpg.connect(region.dsn)
    async with db.transaction():
        await db.execute("select 1 from cases where id = $1 for no key update", case_id)
        looking = asyncio.create_task(after(region, 6))
        async with asyncio.timeout(20):
            while not await region.value("select exists (select from pg_locks where not granted)"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await db.execute(
            "update visits set state = 'in_progress', holder_id = $2, claimed_at = now() where case_id = $1",
            case_id, id_of("staff/bo"),
        )  # fmt: skip
    await db.close()
    assert await looking == 0
    assert await region.value(_TOLD, case_id) == 0


async def test_without_its_event_nothing_is_kept(region: Region) -> None:
    await emergency(region)
    await owner_does(region, "alter table events add constraint broken check (kind <> 'went_unmet') not valid")
    with pytest.raises(asyncpg.CheckViolationError):
        await after(region, 6)
    assert await region.value("select count(*) from unmet") == 0


async def test_open_pages_are_told_and_those_of_others_are_not(region: Region) -> None:
    case_id = await emergency(region)
    karin, ulf = await region.staff("karin", "ankaret"), await region.staff("ulf", "bjorken")
    mona = await region.staff("mona", "ankaret")
    other, admin = region.cases["waiting"], region.cases["admin"]
    async with (
        karin.listen(f"/clinic/cases/{other}/stream") as page,
        karin.listen("/clinic/ledger/stream?view=role") as ledger,
        ulf.listen(f"/clinic/cases/{region.cases['at_bjorken']}/stream") as elsewhere,
        mona.listen(f"/clinic/cases/{admin}/stream") as secretary,
    ):  # fmt: skip
        for ear in (page, ledger, elsewhere, secretary):
            await ear.wait_for("hello")
        await after(region, 6)
        await page.wait_for("unmet", "5")
        assert f"case-{case_id}" in (await ledger.wait_for("row", "larm: oöppnat i 5 min"))[2]
        await asyncio.sleep(0.3)
        for ear in (elsewhere, secretary):
            assert not [one for one in ear.heard if one[0] == "unmet"]


async def test_nobody_gets_an_sms_who_has_not_chosen_any_or_does_not_work_with_the_queue(sms: Sms) -> None:
    region = sms.region
    for key in ("sara", "mona", "ulf"):
        await region.site.database.execute(
            "update staff set phone = '+46701740692', sms_new_cases = 'always' where id = $1", id_of(f"staff/{key}")
        )
    await region.site.database.execute("update staff set phone = '+46701740694' where id = $1", id_of("staff/karin"))
    await emergency(region)
    await after(region, 6)
    assert {one.to for one in await sms.go_on()} == {_BO}
    assert clock.now() < _NOON
