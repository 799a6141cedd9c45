"""Tidigare inställningar: what a change does is shown before it is saved, each change is kept and can be taken back."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from linjen.core import clock
from linjen.demo.world import id_of
from linjen.web.manage.versions import SETTINGS
from tests.region import Person, Region, look_first
from tests.stories.test_ledger import owner_does
from tests.stories.test_reopen import closed

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PATH = f"{_UNIT}/versions"
_COUNT = "select count(*) from setting_versions"
_LATEST = "select was::text || ' -> ' || became::text from setting_versions order by id desc limit 1"

#: Of each setting a form that changes it, and what its page showed.
CHANGES: dict[str, dict[str, Any]] = {
    "chat_limit": {"chats": "5", "was": "7"},
    "closures": {"kind": "acute", "from_on": (clock.local_date(clock.now()) + timedelta(days=5)).isoformat(),
                 "until_on": "", "reason": "Halva personalen är sjuk"},
    "deadlines": {"level_1": "5", "level_2": "2", "level_3": "12", "level_4": "168", "level_5": "24",
                  "was_1": "5", "was_2": "120", "was_3": "1440", "was_4": "10080", "was_5": "1440"},
    "handover_rules": {"note": "yes", "minutes": "30", "was_note": "no", "was_minutes": "60"},
    "hours": {**{f"day_{day}": "09.00–15.30" for day in range(5)}, "day_5": "", "day_6": "", "stay": "60",
              "from_on": clock.local_date(clock.now()).isoformat()},
    "load_limits": {"waiting": "9", "late": "3", "was_waiting": "20", "was_late": "5"},
    "own_sms": {"own_sms": "yes", "was": "no"},
    "referrals": {"referrals": "Ont i ryggen; Rehab; Inte efter olycka"},
    "reply_days": {"days": "5", "was": "2"},
    "sharing": {"care": ["physician"], "admin": ["nurse"], "was.care": "", "was.admin": "nurse"},
    "shutting": {"state": "ending", "on": (clock.local_date(clock.now()) + timedelta(days=30)).isoformat(),
                 "was": "open", "was_on": ""},
    "staff_message": {"text": "Bo är sjuk <i>i dag</i>.\nRing 0000.", "was": ""},
}  # fmt: skip


async def form_of(person: Person, name: str) -> dict[str, Any]:
    """The form of a setting with something else in it than stands there."""
    if name not in {"referrals", "closures", "hours"}:
        return CHANGES[name]
    page = (await person.get(f"{_UNIT}/{SETTINGS[name].path}")).text
    if name in {"closures", "hours"}:
        shown = re.search(r'name="was" value="([^"]*)"', page)
        return {**CHANGES[name], "was": unescape(shown[1] if shown else "")}
    found = re.search(r'name="version" value="([0-9a-f]+)"', page)
    assert found
    return {**CHANGES[name], "version": found[1]}


async def change(person: Person, name: str) -> int:
    """Change a setting in its two steps; the last status."""
    return (await person.decide(f"{_UNIT}/{SETTINGS[name].path}", await form_of(person, name))).status_code


async def latest(region: Region) -> str:
    """The id of the latest change."""
    return str(await region.value("select id from setting_versions order by id desc limit 1"))


def test_every_setting_is_here() -> None:
    assert set(CHANGES) == set(SETTINGS)


@pytest.mark.parametrize("name", CHANGES)
async def test_each_setting_is_shown_first_kept_listed_and_taken_back(region: Region, name: str) -> None:
    disa, page = await region.staff("disa"), SETTINGS[name]
    async with region.site.database.connection() as db:
        before = page.setting.write(await page.setting.find(db, id_of("unit/ankaret")))
    shown = await disa.post(f"{_UNIT}/{page.path}", await form_of(disa, name))
    assert shown.status_code == 200
    assert '<h1 id="change">Så här blir det</h1>' in shown.text
    async with region.site.database.connection() as db:
        assert page.setting.write(await page.setting.find(db, id_of("unit/ankaret"))) == before, "only looked at"
    assert await region.value(_COUNT) == 0
    assert await region.value("select count(*) from access_log where verb = $1", page.verb) == 0
    saved = await disa.post(f"{_UNIT}/{page.path}", look_first(shown.text))
    assert saved.headers["location"] == f"{_UNIT}/{page.path}?done=1"
    assert (await disa.get(saved.headers["location"])).status_code == 200
    assert await region.value(_COUNT) == 1
    assert await region.value("select by_id from setting_versions") == id_of("staff/disa")
    listed = (await disa.get(_PATH)).text
    assert "Ändrat av Disa Holm" in listed
    version = await latest(region)
    assert f'href="{_PATH}/{version}"' in listed
    undoing = await disa.get(f"{_PATH}/{version}")
    assert undoing.status_code == 200
    assert "Inget är gjort än." in undoing.text
    assert await region.value(_COUNT) == 1
    done = await disa.post(f"{_PATH}/{version}", look_first(undoing.text))
    assert done.headers["location"] == f"{_PATH}?done=1"
    async with region.site.database.connection() as db:
        assert page.setting.write(await page.setting.find(db, id_of("unit/ankaret"))) == before
    assert await region.value("select undoes from setting_versions order by id desc limit 1") is not None
    listed = (await disa.get(f"{_PATH}?done=1")).text
    assert "Ändringen är ångrad." in listed
    assert "Ångrat av Disa Holm" in listed
    assert "Den här ändringen är ångrad." in listed
    assert (await disa.get(f"{_PATH}/{version}")).status_code == 409, "there is nothing left to take back"


async def test_a_preview_says_from_what_to_what_and_how_many_come_over_their_time(region: Region) -> None:
    disa = await region.staff("disa")
    await owner_does(region, "update visits set queued_at = now() - interval '13 hours' where state = 'queued'")
    shown = (await disa.post(f"{_UNIT}/deadlines", CHANGES["deadlines"])).text
    assert re.search(r">3 [^<]*</th><td[^>]*>24 timmar</td><td[^>]*>12 timmar</td>", shown)
    assert "168" not in re.sub(r"<input[^>]*>", "", shown), "only what differs"
    found = re.search(r"Över tiden</dt><dd>(\d+) nu, (\d+) med ändringen", shown)
    assert found
    assert int(found[1]) < int(found[2])
    late = "select count(*) from visits where state = 'queued' and priority <= 3 and unit_id = $1"
    assert int(found[2]) == await region.value(late, id_of("unit/ankaret"))


async def test_the_days_say_how_many_closed_cases_can_be_answered(region: Region) -> None:
    await closed(region, 1)
    shown = (await (await region.staff("disa")).post(f"{_UNIT}/reply-days", {"days": "0", "was": "2"})).text
    found = re.search(r"kan svara i</dt><dd>(\d+) nu, 0 med ändringen", shown)
    assert found
    assert int(found[1]) >= 1


async def test_the_message_is_shown_as_it_will_stand_and_change_leads_back_with_what_was_typed(region: Region) -> None:
    gunvor = await region.staff("gunvor")
    shown = await gunvor.post(f"{_UNIT}/message", CHANGES["staff_message"])
    assert re.search(
        r'class="lj-notice lj-info".*?Bo är sjuk &lt;i&gt;i dag&lt;/i&gt;\.\s+Ring 0000\.', shown.text, re.S
    )
    back = await gunvor.post(f"{_UNIT}/message", {**look_first(shown.text), "step": "change"})
    assert back.status_code == 200
    assert re.search(r"<textarea[^>]*>\s*Bo är sjuk", back.text)
    assert await region.value(_COUNT) == 0


async def test_of_two_who_save_one_version_is_kept_and_a_stale_undoing_looks_again(region: Region) -> None:
    disa = await region.staff("disa")
    answers = await asyncio.gather(
        *(disa.decide(f"{_UNIT}/reply-days", {"days": days, "was": "2"}) for days in ("5", "6", "7"))
    )
    assert sorted(one.status_code for one in answers) == [303, 409, 409]
    assert await region.value(_COUNT) == 1
    first = await latest(region)
    undoing = look_first((await disa.get(f"{_PATH}/{first}")).text)
    kept = str(await region.value("select reopen_days from units where id = $1", id_of("unit/ankaret")))
    assert (await disa.decide(f"{_UNIT}/reply-days", {"days": "9", "was": kept})).status_code == 303
    late = await disa.post(f"{_PATH}/{first}", undoing)
    assert late.status_code == 409
    assert "Inställningen har ändrats sedan sidan visades." in late.text
    assert "i 9 dagar" in late.text
    assert await region.value("select reopen_days from units where id = $1", id_of("unit/ankaret")) == 9
    both = await asyncio.gather(*(disa.post(f"{_PATH}/{first}", look_first(late.text)) for _ in range(3)))
    assert sorted(one.status_code for one in both) == [303, 409, 409]
    assert await region.value(_LATEST) == "9 -> 2"
    assert await region.value(_COUNT) == 3


async def test_what_is_saved_once_more_is_no_version(region: Region) -> None:
    disa = await region.staff("disa")
    assert await change(disa, "reply_days") == 303
    again = await disa.post(f"{_UNIT}/reply-days", {"days": "5", "was": "5"})
    assert again.headers["location"] == f"{_UNIT}/reply-days?same=1"
    assert "Inget har ändrats." in (await disa.get(again.headers["location"])).text
    assert (await disa.post(f"{_UNIT}/reply-days", {**CHANGES["reply_days"], "step": "save"})).status_code == 303
    assert await region.value(_COUNT) == 1


async def test_each_sees_and_undoes_only_what_she_decides(region: Region) -> None:
    disa, gunvor = await region.staff("disa"), await region.staff("gunvor")
    assert await change(disa, "reply_days") == 303
    version = await latest(region)
    assert await change(gunvor, "staff_message") == 303
    listed = (await gunvor.get(_PATH)).text
    assert "Bo är sjuk &lt;i&gt;" in listed
    assert "Svara efter avslut" not in listed.split("<main")[1]
    assert "Bo är sjuk" in (await disa.get(_PATH)).text
    now = look_first((await disa.get(f"{_PATH}/{version}")).text)
    for key in ("gunvor", "karin", "pelle", "maja", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(f"{_PATH}/{version}")).status_code == 404, key
        assert (await person.post(f"{_PATH}/{version}", now)).status_code == 404, key
    for key in ("karin", "pelle", "maja", "eva", "lena"):
        assert (await (await region.staff(key)).get(_PATH)).status_code == 404, key
    assert 'id="versions"' not in (await (await region.staff("maja")).get(_UNIT)).text
    refused = "select count(*) from access_log where verb = 'undo_change' and refused is not null"
    assert await region.value(refused) == 6
    other = _PATH.replace(str(id_of("unit/ankaret")), str(id_of("unit/bjorken")))
    assert (await disa.get(f"{other}/{version}")).status_code == 404
    assert await region.value("select reopen_days from units where id = $1", id_of("unit/ankaret")) == 5


async def test_what_cannot_be_put_back_says_why(region: Region) -> None:
    disa = await region.staff("disa")
    assert (await disa.decide(f"{_UNIT}/queues", {"care": [], "admin": ["physician"], "was.care": "",
                                                  "was.admin": "nurse"})).status_code == 303  # fmt: skip
    version = await latest(region)
    await region.site.database.execute(
        "update assignments set ended_at = now() where role in ('medical_secretary', 'nurse') and unit_id = $1",
        id_of("unit/ankaret"),
    )
    told = await disa.get(f"{_PATH}/{version}")
    assert told.status_code == 422
    assert "Ändringen går inte att ångra nu" in told.text
    assert "så att ärendena blir lästa" in told.text


async def test_without_its_version_nothing_is_changed(region: Region) -> None:
    disa = await region.staff("disa")
    await owner_does(region, "alter table setting_versions add constraint n check (setting = '') not valid")
    assert await change(disa, "reply_days") == 500
    assert await region.value("select reopen_days from units where id = $1", id_of("unit/ankaret")) == 2
