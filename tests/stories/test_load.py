"""Load alarms: more waits than the unit bears, its head is told and sees numbers, and the ledger says so calmly."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from linjen.cases.waiting.load import weigh_load
from linjen.core import clock
from linjen.demo.world import id_of
from linjen.notices.load import tell_load
from linjen.web.load_live import LoadWatch
from tests.region import Region
from tests.stories.sms_world import Sms
from tests.stories.test_ledger import owner_does

#: A Tuesday far ahead, so that the program's own rounds leave it alone: Ankaret is staffed from 8 to 16.30.
_NOON, _EVENING = datetime(2037, 11, 24, 11, tzinfo=UTC), datetime(2037, 11, 24, 18, tzinfo=UTC)
_UNIT = id_of("unit/ankaret")
_PAGE = f"/manage/units/{_UNIT}/load"
_LIMITS = f"/manage/units/{_UNIT}/load-limits"
_STANDS = "select count(*) from load_alarms where ended_at is null"


@pytest.fixture(autouse=True)
async def waiting(region: Region) -> int:
    """Every case came just before noon, so that nothing is over its time; how many wait at Ankaret."""
    await owner_does(region, f"update visits set queued_at = '{_NOON - timedelta(minutes=1)}' where state = 'queued'")
    found = await region.value("select count(*) from visits where state = 'queued' and unit_id = $1", _UNIT)
    assert isinstance(found, int)
    assert found > 4
    return found


async def bears(region: Region, waiting: int, late: int = 500) -> None:
    """How much the unit bears."""
    await region.site.database.execute(
        "insert into unit_load_limits values ($1, $2, $3) on conflict (unit_id) do update set waiting = $2, late = $3",
        _UNIT, waiting, late,
    )  # fmt: skip


async def weigh(region: Region, at: datetime = _NOON) -> int:
    """Look at all units."""
    return await weigh_load(region.site.database, at)


async def test_an_alarm_begins_above_the_limit_and_ends_below_four_fifths_of_it(region: Region, waiting: int) -> None:
    await bears(region, waiting)
    assert await weigh(region) == 0, "at the limit is not above it"
    await bears(region, waiting - 1)
    assert await weigh(region) == 1
    assert await weigh(region) == 0
    await bears(region, waiting + 1)
    assert await weigh(region) == 0, "below the limit, and not below four fifths of it"
    assert await region.value(_STANDS) == 1
    await bears(region, 2 * waiting)
    assert await weigh(region, _NOON + timedelta(minutes=5)) == 1
    assert await region.value(_STANDS) == 0
    await bears(region, waiting - 1)
    assert await weigh(region, _NOON + timedelta(minutes=9)) == 1, "and once more"
    assert await region.value("select count(*) from load_alarms") == 2


async def test_what_is_over_its_time_has_a_limit_of_its_own(region: Region, waiting: int) -> None:
    await bears(region, 500, 2)
    assert await weigh(region) == 0
    assert await weigh(region, _NOON + timedelta(days=8)) == 1
    assert await region.value("select late from load_alarms") == waiting


async def test_without_a_row_the_usual_limits_hold(region: Region) -> None:
    assert await weigh(region) == 0
    assert await weigh(region, _NOON + timedelta(days=8)) == 1, "more than five over their time"
    assert await region.value("select (waiting_limit, late_limit) = (20, 5) from load_alarms") is True


async def test_while_nobody_is_there_nothing_begins_or_ends(region: Region) -> None:
    await bears(region, 1)
    assert await weigh(region, _EVENING) == 0
    assert await weigh(region) == 1
    await bears(region, 400)
    assert await weigh(region, _EVENING) == 0
    assert await region.value(_STANDS) == 1


async def test_two_nodes_begin_one_alarm(region: Region) -> None:
    await bears(region, 1)
    assert sum(await asyncio.gather(*(weigh(region) for _ in range(5)))) == 1
    assert await region.value(_STANDS) == 1


async def test_the_most_that_it_came_to_is_kept(region: Region, waiting: int) -> None:
    await bears(region, 1)
    await weigh(region)
    await owner_does(region, f"update visits set state = 'closed', closed_at = now(), close_reason = 'other',"
                             f" for_staff_id = null where case_id = '{region.cases['waiting']}'")  # fmt: skip
    await weigh(region)
    assert await region.value("select waiting from load_alarms") == waiting


async def test_the_head_of_the_unit_gets_one_sms_and_the_ledger_says_when_she_knew(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms = await Sms(region).begin()
    karin, ulf = await region.staff("karin", "ankaret"), await region.staff("ulf", "bjorken")
    await bears(region, 1)
    await weigh(region)
    assert await tell_load(region.site.database, clock.now()) == 1
    assert await tell_load(region.site.database, clock.now()) == 0
    page = (await karin.get("/clinic/ledger")).text
    assert "Det är många som väntar just nu." in page
    assert "informerad" not in page, "not before it is so"
    sent = await sms.go_on()
    assert [(one.to, one.text) for one in sent] == [
        ("+46701740699",
         "Region Exempel: Det är många som väntar just nu. Logga in i administrationen och se hur det ser ut.")
    ]  # fmt: skip
    assert await sms.go_on() == []
    page = (await karin.get("/clinic/ledger")).text
    assert re.search(r"Det är många som väntar just nu\. Verksamhetschefen är informerad kl\. \d\d\.\d\d\.", page)
    assert "många som väntar" not in (await ulf.get("/clinic/ledger")).text
    assert await region.value("select count(*) from events where kind = 'sms_told'") == 0


async def test_an_sms_that_may_have_gone_out_is_not_sent_again_and_an_alarm_that_has_ended_is_no_news(
    region: Region,
) -> None:
    sms = await Sms(region).begin()
    await bears(region, 1)
    await weigh(region)
    await tell_load(region.site.database, clock.now())
    await region.site.database.execute(
        "update sms set state = 'sending', sending_at = now() - interval '1 hour', tries = 1"
    )
    assert await sms.go_on() == []
    assert await region.value("select state from sms") == "uncertain"
    await owner_does(region, "delete from sms")
    await tell_load(region.site.database, clock.now())
    await bears(region, 400)
    await weigh(region)
    assert await sms.go_on() == []
    assert await region.value("select state from sms") == "dropped"


async def test_open_ledgers_say_it_at_once_and_only_those_of_the_unit(region: Region) -> None:
    karin, ulf = await region.staff("karin", "ankaret"), await region.staff("ulf", "bjorken")
    watch = LoadWatch(region.site)
    await bears(region, 1)
    async with karin.listen("/clinic/ledger/stream?view=role") as ear, ulf.listen("/clinic/ledger/stream") as other:
        await ear.wait_for("hello")
        await other.wait_for("hello")
        await watch.look(_NOON)
        await ear.wait_for("reload")
        await watch.look(_NOON)
        await asyncio.sleep(0.2)
        assert [one[0] for one in ear.heard].count("reload") == 1, "only what is news"
        assert "reload" not in [one[0] for one in other.heard]


async def test_her_page_shows_numbers_limits_and_what_has_been_and_keeps_who_has_looked(
    region: Region, monkeypatch: pytest.MonkeyPatch, waiting: int
) -> None:
    await bears(region, 2)
    await weigh(region)
    monkeypatch.setattr(clock, "now", lambda: _NOON + timedelta(minutes=2))
    gunvor, disa = await region.staff("gunvor"), await region.staff("disa")
    assert "Ingen än" in (await disa.get(_PAGE)).text, "who configures the unit has not been told by looking"
    home = (await gunvor.get("/manage")).text
    assert "Hälsocentralen Ankaret: Det är många som väntar, sedan i dag kl. 12.00." in home
    page = (await gunvor.get(_PAGE)).text
    assert f"{waiting} (gränsen är 2)" in page
    assert "Gunvor Sjö" in page.partition("<tbody>")[2]
    assert "Ingrid" not in page
    assert await region.value("select count(*) from access_log where verb = 'see_load' and refused is null") == 2
    karin = await region.staff("karin", "ankaret")
    assert "Verksamhetschefen är informerad kl. 12.02." in (await karin.get("/clinic/ledger")).text


async def test_she_and_who_configures_the_unit_decide_the_limits(region: Region) -> None:
    was = (20, 5)
    for key, waiting in (("gunvor", 7), ("disa", 9)):
        shown = {"was_waiting": str(was[0]), "was_late": str(was[1])}
        answer = await (await region.staff(key)).decide(_LIMITS, {"waiting": str(waiting), "late": "3", **shown})
        assert answer.headers["location"] == f"{_LIMITS}?done=1"
        was = (waiting, 3)
        assert await region.value("select waiting from unit_load_limits") == waiting
    assert "Gränserna är sparade." in (await (await region.staff("gunvor")).get(f"{_LIMITS}?done=1")).text


@pytest.mark.parametrize(
    ("waiting", "late", "field"), [("0", "5", "waiting"), ("7", "501", "late"), ("x", "5", "waiting")]
)
async def test_what_is_no_limit_is_told_and_what_was_typed_stays(
    region: Region, waiting: str, late: str, field: str
) -> None:
    answer = await (await region.staff("gunvor")).post(_LIMITS, {"waiting": waiting, "late": late})
    assert answer.status_code == 422
    assert "Skriv ett tal från 1 till 500" in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'value="{waiting}"' in answer.text
    assert await region.value("select count(*) from unit_load_limits") == 0


@pytest.mark.parametrize("who", ["karin", "maja", "pelle", "eva"])
async def test_nobody_else_sees_or_decides_it(region: Region, who: str) -> None:
    person = await region.staff(who)
    assert (await person.get(_PAGE)).status_code == 404
    assert (await person.post(_LIMITS, {"waiting": "3", "late": "3"})).status_code == 404
    assert await region.value("select count(*) from unit_load_limits") == 0
    assert await region.value("select count(*) from access_log where verb = 'limit_load' and refused = 'unit'") == 1
