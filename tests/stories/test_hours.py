"""Öppettider: a unit's own people change its week, from today or a later day, and clock, ledger and closing follow."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, time, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from linjen.core import clock
from linjen.core.swedish import date_words
from linjen.demo.world import id_of
from linjen.units import schedule as schedules
from linjen.units.hours import closes_at, next_opening, staffed_until
from linjen.units.opening import see_schedule
from linjen.units.schedule import Schedule
from linjen.web.clinic.waiting import ledger
from linjen.web.resident import home
from tests.region import Person, Region, look_first
from tests.stories.test_ledger import owner_does

_ANKARET = id_of("unit/ankaret")
_UNIT = f"/manage/units/{_ANKARET}"
_PATH = f"{_UNIT}/hours"
_CENTRE = ["08.00–16.00"] * 4 + ["08.00–14.30", "", ""]
_KEPT = """
select string_agg(weekday || ' ' || to_char(opens, 'HH24.MI') || '-' || to_char(closes, 'HH24.MI') || ' +'
  || stay_minutes, ', ' order by weekday, opens) from opening_hours where unit_id = $1 and from_on = $2
"""


def today() -> date:
    return clock.local_date(clock.now())


async def form(
    person: Person, days: list[str] | None = None, *, stay: str = "30", from_on: date | str | None = None,
    was: str | None = None,
) -> dict[str, object]:  # fmt: skip
    """The form with a week, and what its page showed."""
    if was is None:
        was = unescape(re.findall(r'name="was" value="([^"]*)"', (await person.get(_PATH)).text)[-1])
    typed = {f"day_{number}": hours for number, hours in enumerate(days or _CENTRE)}
    return {**typed, "stay": stay, "from_on": str(today() if from_on is None else from_on), "was": was}


async def decide(person: Person, days: list[str], **rest: Any) -> httpx.Response:
    """Both steps."""
    return await person.decide(_PATH, await form(person, days, **rest))


async def schedule_of(region: Region) -> Schedule:
    async with region.site.database.connection() as db:
        return await see_schedule(db, _ANKARET)


@pytest.fixture(autouse=True)
async def _usual(region: Region) -> None:
    await region.site.database.execute("delete from closures")


@pytest.fixture
def afternoon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Twenty to four, on a day that is no holiday, where the ledger and the resident's first page are read."""
    at = clock.at_wall(today(), time(15, 40))
    for page in (home, ledger):
        monkeypatch.setattr(page, "clock", SimpleNamespace(**{**vars(clock), "now": lambda: at}))
    monkeypatch.setattr(schedules, "find_public_holiday", lambda _: None)
    return at


async def test_the_clock_and_the_closing_in_the_ledger_follow_at_once(region: Region, afternoon: datetime) -> None:
    gunvor, karin = await region.staff("gunvor"), await region.staff("karin", "ankaret")
    astrid = await region.resident("astrid")
    await region.site.database.execute("delete from opening_hours where unit_id = $1", _ANKARET)
    await region.site.database.execute(
        "insert into opening_hours select $1, d, '08:00', '18:00' from generate_series(0, 6) d", _ANKARET
    )
    assert f'href="{_PATH}"' in (await gunvor.get(_UNIT)).text
    assert "till i dag kl. 18.00" in (await astrid.get("/home")).text
    assert "Enheten stänger" not in (await karin.get("/clinic/ledger")).text
    async with karin.listen("/clinic/ledger/stream") as stream:
        await stream.wait_for("hello")
        looked = await gunvor.post(_PATH, await form(gunvor, ["08.00–16.00"] * 7, stay="60"))
        assert "Mån–sön Kl. 08.00–16.00 i stället för kl. 08.00–18.00." in looked.text
        assert "Personalen är kvar 1 timme efter stängning. Förut: 30 minuter." in looked.text
        assert "till i dag kl. 18.00" in (await astrid.get("/home")).text, "only looked at"
        saved = await gunvor.post(_PATH, look_first(looked.text))
        assert saved.status_code == 303
        await stream.wait_for("reload")
    assert "Öppettiderna är sparade." in (await gunvor.get(saved.headers["location"])).text
    told = (await astrid.get("/home")).text
    assert "till i dag kl. 16.00" in told
    assert "till i dag kl. 18.00" not in told
    assert "Enheten stänger kl. 16.00. Personalen är kvar till kl. 17.00." in (await karin.get("/clinic/ledger")).text
    page = (await gunvor.get(_UNIT)).text
    assert page.count('data-label="Bemannat">Till kl. 17.00') == 7
    found = await schedule_of(region)
    assert closes_at(found, afternoon) == clock.at_wall(today(), time(16))
    yesterday = clock.at_wall(today() - timedelta(days=1), time(9))
    assert closes_at(found, yesterday) == yesterday + timedelta(hours=9), "what has been is as it was"


async def test_the_preview_says_what_residents_read_and_how_many_cases_are_open(region: Region) -> None:
    disa = await region.staff("disa")
    shown = (await disa.post(_PATH, await form(disa, ["09.00–15.00", *_CENTRE[1:5], "10–12", ""]))).text
    assert "Mån Kl. 09.00–15.00 i stället för kl. 08.00–16.00." in shown
    assert "Lör Kl. 10.00–12.00 i stället för stängt." in shown
    assert "Övriga dagar är som förut." in shown
    assert "Personalen är kvar 30 minuter efter stängning, som förut." in shown
    count = ("select count(*) from visits v join cases c on c.visit_id = v.id where v.unit_id = $1"
             " and v.booked_on is null and v.state in ('queued', 'in_progress')")  # fmt: skip
    assert f"{await region.value(count, _ANKARET)} ärenden är öppna." in shown
    assert "läser, när du har sparat" in shown
    assert await region.value("select count(*) from setting_versions") == 0


async def test_from_a_later_day_nothing_changes_today_and_it_is_listed_and_taken_away(region: Region) -> None:
    gunvor, day = await region.staff("gunvor"), today() + timedelta(days=30)
    longer = ["08.00–18.00"] * 5 + ["", ""]
    assert (await decide(gunvor, longer, from_on=day, stay="0")).status_code == 303
    assert await region.value(_KEPT, _ANKARET, day) == ", ".join(f"{one} 08.00-18.00 +0" for one in range(5))
    words = f"Från och med {date_words(day)}"
    page, unit = (await gunvor.get(_PATH)).text, (await gunvor.get(_UNIT)).text
    assert words in page
    assert 'value="08.00–14.30"' in page, "the week in the form is the one that holds"
    assert f"{words}: Mån–fre Kl. 08.00–18.00. Lör–sön stängt. Personalen går när enheten stänger." in unit
    assert 'data-label="Bemannat">Till kl. 16.30' in unit
    listed = (await gunvor.get(f"{_UNIT}/versions")).text
    assert words in listed
    was = unescape(re.findall(r'name="was" value="([^"]*)"', page)[-1])
    looked = await gunvor.post(_PATH, {"was": was, "remove": "0"})
    assert f"Det som skulle gälla från och med {date_words(day)} tas bort" in looked.text
    assert (await gunvor.post(_PATH, look_first(looked.text))).status_code == 303
    assert words not in (await gunvor.get(_UNIT)).text
    assert await region.value("select count(*) from opening_hours where from_on > current_date") == 0
    for number in ("0", "-1", "x"):
        again = await gunvor.post(_PATH, {"was": was, "remove": number, "step": "save"})
        assert again.status_code == (303 if number == "0" else 409), "the same once more, and what stands for none"


async def test_when_its_day_has_come_it_holds_and_the_past_is_as_it_was(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "find_public_holiday", lambda _: None)
    disa, day = await region.staff("disa"), today() + timedelta(days=7)
    assert (await decide(disa, ["07.00–19.00"] * 7, from_on=day)).status_code == 303
    await owner_does(region, f"update opening_hours set from_on = current_date - 1 where from_on = '{day}'")
    found = await schedule_of(region)
    assert found.week[6], "it is the week that holds"
    before = clock.at_wall(today() - timedelta(days=3), time(12))
    now = clock.at_wall(today(), time(12))
    assert closes_at(found, now) == clock.at_wall(today(), time(19))
    assert closes_at(found, before) != clock.at_wall(today() - timedelta(days=3), time(19))
    version = await region.value("select id from setting_versions")
    undoing = await disa.get(f"{_UNIT}/versions/{version}")
    assert (await disa.post(f"{_UNIT}/versions/{version}", look_first(undoing.text))).status_code == 303
    assert not (await schedule_of(region)).week[6], "back to what was, from today on"
    assert "07.00-19.00" in str(await region.value(_KEPT, _ANKARET, today() - timedelta(days=1)))


async def test_from_the_day_when_the_clock_is_changed(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "find_public_holiday", lambda _: None)
    disa = await region.staff("disa")
    sunday = next(
        day for day in (today() + timedelta(days=number) for number in range(1, 366))
        if clock.at_wall(day + timedelta(days=1), time()) - clock.at_wall(day, time()) != timedelta(days=1)
    )  # fmt: skip
    hours = (clock.at_wall(sunday, time(4)) - clock.at_wall(sunday, time())) // timedelta(hours=1)
    assert hours in {3, 5}
    assert (await decide(disa, [*_CENTRE[:6], "00.00–04.00"], from_on=sunday, stay="60")).status_code == 303
    found, opens = await schedule_of(region), clock.at_wall(sunday, time())
    assert next_opening(found, opens - timedelta(minutes=1)) == opens
    assert closes_at(found, opens) == opens + timedelta(hours=hours)
    assert staffed_until(found, opens) == opens + timedelta(hours=hours + 1)


@pytest.mark.parametrize(("changed", "field", "words"), [
    ({"day_0": "08.15–16.00"}, "day_0", "hela eller halva timmar"),
    ({"day_2": "åtta"}, "day_2", "Skriv tiderna så här"),
    ({"day_4": "16–8"}, "day_4", "stänger före den öppnar"), ({"day_1": "8–24"}, "day_1", "senast 23.30"),
    ({"day_3": "8–12 11–16"}, "day_3", "går in i varandra"),
    ({f"day_{day}": "" for day in range(7)}, "day_0", "minst en dag"), ({"stay": "45"}, "stay", "hur länge"),
    ({"stay": ""}, "stay", "hur länge"), ({"from_on": ""}, "from_on", "från i dag och framåt"),
    ({"from_on": str(today() - timedelta(days=1))}, "from_on", "från i dag och framåt"),
    ({"from_on": str(today() + timedelta(days=400)), "day_5": "9-12"}, "from_on", "inom ett år"),
])  # fmt: skip
async def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stands(
    region: Region, changed: dict[str, str], field: str, words: str
) -> None:
    disa = await region.staff("disa")
    answer = await disa.post(_PATH, {**await form(disa, ["09.30–15.30", *_CENTRE[1:]]), **changed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in answer.text
    if field == "day_2":
        assert "Onsdag: Skriv tiderna så här" in answer.text, "the summary says on which day"
    if "day_0" not in changed:
        assert 'value="09.30–15.30"' in answer.text
    assert await region.value("select count(*) from opening_hours where from_on > '2000-01-01'") == 0


async def test_nobody_else_does_it_here_and_she_does_it_nowhere_else(region: Region) -> None:
    disa, gunvor = await region.staff("disa"), await region.staff("gunvor")
    typed = await form(disa, ["09.00–15.00", *_CENTRE[1:]])
    for key in ("karin", "pelle", "maja", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert (await person.decide(_PATH, typed)).status_code == 404, key
        assert (await person.post(_PATH, {**typed, "step": "save"})).status_code == 404, key
    elsewhere = _PATH.replace(str(_ANKARET), str(id_of("unit/bjorken")))
    for person in (disa, gunvor):
        assert (await person.get(elsewhere)).status_code == 404
        assert (await person.post(elsewhere, {**typed, "step": "save"})).status_code == 404
    assert await region.value("select count(*) from opening_hours where from_on > '2000-01-01'") == 0
    refused = "select count(*) from access_log where verb = 'set_hours' and refused is not null"
    assert int(str(await region.value(refused))) >= 5
    resident = await region.resident("astrid")
    assert (await resident.get(_PATH)).status_code in {303, 404}


async def test_of_two_heads_at_once_one_wins_and_the_other_is_told(region: Region) -> None:
    disa, gunvor = await region.staff("disa"), await region.staff("gunvor")
    forms = [{**await form(person, [hours, *_CENTRE[1:]]), "step": "save"}
             for person, hours in ((disa, "09.00–15.00"), (gunvor, "07.00–17.00"))]  # fmt: skip
    answers = await asyncio.gather(disa.post(_PATH, forms[0]), gunvor.post(_PATH, forms[1]))
    assert sorted(one.status_code for one in answers) == [303, 409]
    late = next(one for one in answers if one.status_code == 409)
    assert "Någon annan ändrade öppettiderna" in late.text
    typed = ("09.00–15.00", "07.00–17.00")[answers.index(late)]
    assert f'value="{typed}"' in late.text, "what she typed stands"
    assert await region.value("select count(*) from setting_versions") == 1
    assert await region.value("select count(*) from opening_hours where from_on = $1 and weekday = 0", today()) == 1
    first = forms[1 - answers.index(late)]
    person = (disa, gunvor)[1 - answers.index(late)]
    assert (await person.post(_PATH, first)).status_code == 303, "the same once more changes nothing"
    assert (await person.post(_PATH, {**first, "was": "{"})).status_code == 409, "not our page's"
    assert await region.value("select count(*) from setting_versions") == 1


async def test_it_says_which_booked_visits_and_calls_fall_on_closed_hours(region: Region) -> None:
    disa, monday = await region.staff("disa"), today() + timedelta(days=7 - today().weekday())
    case_id = region.cases["waiting"]
    while schedules.find_public_holiday(monday):
        monday += timedelta(days=7)
    await owner_does(region, f"update visits set booked_on = '{monday}', booked_by = '{id_of('staff/karin')}',"
                             " kind = 'scheduled_free', begun_as = 'scheduled_free'"
                             f" where case_id = '{case_id}'")  # fmt: skip
    times = [clock.at_wall(monday, time(hour)).isoformat() for hour in (10, 12)]
    await owner_does(region, "insert into call_backs (id, case_id, by_id, from_at, until_at) select gen_random_uuid(),"
                             f" c.id, (select id from residents limit 1), array['{times[0]}'::timestamptz],"
                             f" array['{times[1]}'::timestamptz] from cases c where c.id = '{case_id}'")  # fmt: skip
    shown = (await disa.post(_PATH, await form(disa, ["", *_CENTRE[1:]]))).text
    assert "Bokade besök på dagar utan öppettider</dt><dd>0 nu, 1 med ändringen" in shown
    assert "Patienter som vill bli uppringda när ingen är på plats</dt><dd>0 nu, 1 med ändringen" in shown


async def test_without_its_log_row_nothing_is_decided(region: Region) -> None:
    disa = await region.staff("disa")
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'set_hours') not valid")
    assert (await decide(disa, ["09.00–15.00", *_CENTRE[1:]])).status_code == 500
    assert await region.value("select count(*) from opening_hours where from_on > '2000-01-01'") == 0
