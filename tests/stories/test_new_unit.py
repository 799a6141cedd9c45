"""Lägg upp en ny enhet: looked at and opened once, with another one's settings, and it takes nothing until it can."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.web.manage.versions import SETTINGS
from tests.region import Person, Region, look_first
from tests.stories.intake_walk import Walk
from tests.stories.test_intake_start import listing_service
from tests.stories.test_ledger import owner_does
from tests.stories.test_setting_versions import CHANGES, change
from tests.stories.test_shutting import ANKARET, decide, emptied

PATH = "/manage/units/new"
REGION, LYKTAN = str(id_of("provider/region")), str(id_of("provider/lyktan"))
_COUNT = "select count(*) from units"
_FROM = "select {} from units where opened_at is not null"


WEEK = {f"day_{number}": hours for number, hours in enumerate((*["08.00–16.00"] * 4, "8-12, 13.00-14.30"))}


def form(**other: str) -> dict[str, Any]:
    """A new health centre on its own; in another one's place with the hours of that one."""
    return ({} if other.get("replaces") else WEEK) | {
        "id": str(new_id()), "name": "Hälsocentralen Granen", "hsa_id": "se5599990011-g001", "kind": "health_centre",
        "provider": REGION, "phone": "070-174 06 15", "takes_residents": "yes", "replaces": "",
    } | other  # fmt: skip


def main(html: str) -> str:
    """What the page says, without its head."""
    return unescape(html.split("<main")[1].split("</main", maxsplit=1)[0])


async def opened(person: Person, **other: str) -> UUID:
    """A unit that she has opened, by both steps."""
    answer = await person.decide(PATH, form(**other))
    assert answer.status_code == 303, main(answer.text)
    found = re.search(r"opened=([0-9a-f-]{36})&done=1$", answer.headers["location"])
    assert found
    return UUID(found[1])


async def staffed(region: Region, unit_id: UUID, role: str = "nurse", key: str = "petra") -> None:
    """Somebody has an assignment there."""
    await region.site.database.execute(
        "insert into assignments (id, staff_id, unit_id, role, from_at) values ($1, $2, $3, $4, now())",
        new_id(), id_of(f"staff/{key}"), unit_id, role,
    )  # fmt: skip


async def test_it_is_looked_at_first_opened_once_and_told_what_is_left(region: Region) -> None:
    disa = await region.staff("disa")
    assert f'href="{PATH}"' in (await disa.get("/manage/units")).text
    assert (await disa.get(PATH)).status_code == 200
    before, sent = await region.value(_COUNT), form()
    shown = await disa.post(PATH, sent)
    assert shown.status_code == 200
    for words in ("Så här blir det", "Hälsocentralen Granen", "SE5599990011-G001", "070-174 06 15",
                  "Mån–tor Kl. 08.00–16.00", "Fre Kl. 08.00–12.00, 13.00–14.30", "Lör–sön stängt",
                  "blir en hälsocentral hos Region Exempel Primärvård", "Invånare kan skriva till enheten.",
                  "Ingen får uppdrag", "Enheten får de vanliga inställningarna"):  # fmt: skip
        assert words in main(shown.text), words
    assert await region.value(_COUNT) == before, "only looked at"
    assert await region.value("select count(*) from access_log where verb = 'open_unit'") == 0
    answer = await disa.post(PATH, look_first(shown.text))
    assert answer.status_code == 303
    page = main((await disa.get(answer.headers["location"])).text)
    for words in ("Hälsocentralen Granen är upplagd", "tar inte emot ärenden än", "Uppdragen ges där regionen sköter"):
        assert words in page, words
    assert "öppnad" not in page
    assert "Det här återstår" not in page, "nothing that she does herself"
    assert await region.value(_FROM.format("hsa_id || ' ' || phone")) == "SE5599990011-G001 +46701740615"
    assert await region.value("select count(*) from assignments where unit_id = $1", UUID(sent["id"])) == 0
    assert await region.value("select shown[1] from access_log where verb = 'open_unit'") == UUID(sent["id"])
    again = [await disa.post(PATH, sent), await disa.post(PATH, look_first(shown.text))]
    assert [one.headers.get("location") for one in again] == [answer.headers["location"]] * 2
    assert await region.value("select count(*) from access_log where verb = 'open_unit'") == 1
    assert await region.value(_COUNT) == int(str(before)) + 1
    units = (await disa.get("/manage/units")).text
    assert "Hälsocentralen Granen är upplagd men tar inte emot ärenden än" in units
    assert f'href="/manage/units/{sent["id"]}"' not in units, "no assignment there"
    assert (await disa.get(f"/manage/units/{sent['id']}")).status_code == 404


async def test_what_was_typed_is_kept_and_all_that_is_wrong_is_told_at_once(region: Region) -> None:
    disa = await region.staff("disa")
    empty = await disa.post(PATH, {"id": str(new_id())})
    assert empty.status_code == 422
    fields = ("name", "hsa_id", "kind", "provider", "phone", "takes_residents", "day_0")
    placed = await disa.post(PATH, {"id": str(new_id()), "replaces": ANKARET})
    assert 'id="kind-error"' in placed.text
    assert 'value="health_centre" checked' not in placed.text, "chosen and missing at once"
    for field in fields:
        assert f'id="{field}-error"' in empty.text, field
        assert f'href="#{field}"' in empty.text, field
    wrong = form(hsa_id="SE55", phone="112", name="x" * 81, provider=str(new_id()), kind="clinic", replaces="nobody")
    answer = await disa.post(PATH, wrong)
    assert answer.status_code == 422
    for field in ("hsa_id", "phone", "name", "provider", "kind", "replaces"):
        assert f'id="{field}-error"' in answer.text, field
    for kept in ('value="SE55"', 'value="112"', 'value="' + "x" * 81, 'value="yes" checked'):
        assert kept in answer.text, kept
    unreadable = await disa.post(PATH, form(name="a\x00b"))
    assert 'id="name-error"' in unreadable.text
    assert 'value="se5599990011-g001"' in unreadable.text
    back = await disa.post(PATH, {**form(), "step": "change"})
    assert back.status_code == 200
    assert 'value="Hälsocentralen Granen"' in back.text
    assert await region.value(_COUNT) == 4


@pytest.mark.parametrize(("other", "field", "words"), [
    ({"hsa_id": "se5599990011-A001"}, "hsa_id", "HSA-id:t används redan av Hälsocentralen Ankaret"),
    ({"hsa_id": "SE5599990029-0001"}, "hsa_id", "HSA-id:t används redan av Lyktan Vård AB"),
    ({"hsa_id": "SE5599990011-1001"}, "hsa_id", "HSA-id:t hör till en person"),
    ({"hsa_id": "SE5599990011-A001", "replaces": ANKARET, "provider": LYKTAN}, "hsa_id",
     "HSA-id:t hör till Hälsocentralen Ankaret och det som är loggat där, också när bara ägaren byts."),
    ({"day_1": "i bland"}, "day_1", "Tisdag: Skriv tiderna så här: 08.00–16.00"),
    ({"day_2": "16-8"}, "day_2", "Enheten stänger före den öppnar"),
    ({"day_6": "8-12, 11-14"}, "day_6", "Tiderna går in i varandra"),
    ({"day_5": "10-24"}, "day_5", "Skriv 23.59 i stället för 24.00"),
    ({"day_0": "25-26"}, "day_0", "Skriv tiderna så här"),
    ({"name": "hälsocentralen  ANKARET"}, "name", "En annan enhet heter redan så"),
    ({"name": "Hälsocentralen Ankaret", "replaces": ANKARET}, "name", "Enheten som ersätts heter så"),
    ({"kind": "rehab", "replaces": ANKARET}, "replaces", "Välj en enhet av samma slag"),
    ({"replaces": str(id_of("unit/bjorken"))}, "replaces", "Välj en enhet i listan"),
])  # fmt: skip
async def test_what_is_used_already_is_told(region: Region, other: dict[str, str], field: str, words: str) -> None:
    answer = await (await region.staff("disa")).post(PATH, form(**other))
    assert answer.status_code == 422
    assert words in main(answer.text)
    assert f'id="{field}-error"' in answer.text
    assert await region.value(_COUNT) == 4


async def test_in_anothers_place_it_has_its_hours_settings_and_phrases(region: Region) -> None:
    disa = await region.staff("disa")
    for name in CHANGES:
        if name not in {"shutting", "closures"}:
            assert await change(disa, name) == 303, name
    soon = clock.now() + timedelta(days=30)
    for kind, reason in (("planned", "Utbildning"), ("acute", "Sjukdom"), ("holiday_open", "")):
        await region.site.database.execute(
            "insert into closures (id, unit_id, from_at, until_at, kind, reason) values ($1, $2, $3, $4, $5, $6)",
            new_id(), UUID(ANKARET), soon, soon + timedelta(hours=4), kind, reason,
        )  # fmt: skip
    assert f'<option value="{ANKARET}" selected' in (await disa.get(f"{PATH}?replaces={ANKARET}")).text
    shown = main((await disa.post(PATH, form(replaces=ANKARET))).text)
    for words in ("Mån–fre Kl. 09.00–15.30", "får vänta i 12 timmar.", "Ont i ryggen", "fraser följer med",
                  "Utbildning", "Personalen får skicka de färdiga texterna",
                  "Enheten ersätter Hälsocentralen Ankaret."):  # fmt: skip
        assert words in shown, words
    assert "Sjukdom" not in shown
    unit_id = await opened(disa, replaces=ANKARET, provider=LYKTAN)
    async with region.site.database.connection() as db:
        for name, kept in SETTINGS.items():
            found = [await kept.setting.find(db, one) for one in (UUID(ANKARET), unit_id)]
            if name not in {"staff_message", "closures"}:
                assert kept.setting.write(found[0]) == kept.setting.write(found[1]), name
    of_both = [UUID(ANKARET), unit_id]
    for table in ("opening_hours", "phrases"):
        counted = [await region.value(f"select count(*) from {table} where unit_id = $1", one) for one in of_both]
        assert counted[0] == counted[1] != 0, table
    kinds = "select string_agg(kind, ' ' order by kind) from closures where unit_id = $1"
    assert await region.value(kinds, unit_id) == "holiday_open planned"
    assert await region.value("select staff_message from units where id = $1", unit_id) == ""
    assert await region.value("select count(*) from setting_versions where unit_id = $1", unit_id) == 9
    page = main((await disa.get(f"{PATH}?opened={unit_id}")).text)
    points = re.findall(r"<li>(.*?)</li>", page.split('id="next"')[1])
    assert points == [f'<a href="/manage/units/{ANKARET}/shutting">Ge Hälsocentralen Ankaret en sista dag, och stäng '
                      "den när alla ärenden är avslutade</a>"]  # fmt: skip
    second = await disa.post(PATH, form(name="Hälsocentralen Boken", hsa_id="SE5599990011-H001", replaces=ANKARET))
    assert "Enheten ersätts redan av Hälsocentralen Granen" in main(second.text)


def test_every_setting_says_whether_it_goes_along() -> None:
    assert {name for name, page in SETTINGS.items() if not page.setting.copy} == {"hours", "shutting", "staff_message"}


async def test_it_takes_nothing_until_it_has_hours_and_somebody_works_there(region: Region) -> None:
    disa, gustav, lena = (
        await region.staff("disa"),
        await region.resident("gustav"),
        await region.staff("lena", "lyktan"),
    )
    unit_id = await opened(disa)
    await owner_does(region, f"delete from opening_hours where unit_id = '{unit_id}'")
    public = f"/units/{unit_id}"
    hours = f"insert into opening_hours select '{unit_id}', d, '00:00', '23:59' from generate_series(0, 6) d"
    ticket = f"/clinic/cases/{region.cases['at_lyktan']}/tickets"
    await lena.post(f"/clinic/cases/{region.cases['at_lyktan']}/claims")

    async def is_offered() -> list[bool]:
        walk = await Walk(region, gustav).begin()
        pages = [
            (await gustav.get("/units")).text,
            (await gustav.get("/")).text,
            walk.html,
            (await lena.get(ticket)).text,
        ]
        return [str(unit_id) in pages[0], str(unit_id) in pages[2], str(unit_id) in pages[3]]

    assert await is_offered() == [False] * 3
    early = await gustav.get(public)
    assert "Hälsocentralen Granen tar inte emot ärenden än" in early.text
    assert "Öppet" not in main(early.text)
    await staffed(region, unit_id)
    assert await is_offered() == [False] * 3, "somebody works there, at no hour"
    await owner_does(region, hours)
    assert await is_offered() == [True] * 3
    assert "070-174 06 15" in (await gustav.get(public)).text
    await staffed(region, unit_id, "config_admin", "disa")
    assert "tar inte emot ärenden än" not in (await disa.get(f"/manage/units/{unit_id}")).text
    await owner_does(
        region, f"update assignments set role = 'user_admin' where unit_id = '{unit_id}' and role = 'nurse'"
    )
    assert await is_offered() == [False] * 3, "who administers cares for nobody"
    assert "tar inte emot ärenden än" in (await disa.get(f"/manage/units/{unit_id}")).text


async def test_who_is_registered_there_chooses_until_it_takes_cases(region: Region, tmp_path: Path) -> None:
    unit_id = await opened(await region.staff("disa"))
    await owner_does(region, "update units set hsa_id = 'SE5599990011-A009' where name = 'Hälsocentralen Ankaret'")
    await owner_does(region, f"update units set hsa_id = 'SE5599990011-A001' where id = '{unit_id}'")
    async with listing_service(region, tmp_path):
        walk = await Walk(region, await region.resident("gustav")).begin()
        assert "Hälsocentralen Granen tar inte emot ärenden än. Välj den hälsocentral" in walk.html
        assert str(unit_id) not in walk.html


async def test_the_old_unit_says_what_it_is_called_now(region: Region) -> None:
    disa, gustav = await region.staff("disa"), await region.resident("gustav")
    unit_id = await opened(disa, replaces=ANKARET)
    await emptied(region)
    assert (await decide(disa, "shut")).status_code == 303
    old = f"/units/{ANKARET}"
    assert str(unit_id) not in (await gustav.get(old)).text, "it takes no cases yet"
    await staffed(region, unit_id)
    page = main((await gustav.get(old)).text)
    assert "Hälsocentralen Ankaret heter nu Hälsocentralen Granen" in page
    assert f'href="/units/{unit_id}"' in page
    after = await opened(disa, name="Hälsocentralen Ankaret", hsa_id="SE5599990011-H001")  # free, since it is shut
    await staffed(region, after)
    await owner_does(region, f"update units set replaces = '{unit_id}' where id = '{after}'")
    await owner_does(region, f"update units set shuts_on = current_date, shut_at = now() where id = '{unit_id}'")
    page = main((await gustav.get(old)).text)
    assert f'href="/units/{after}"' in page, "through the one between"
    assert "heter nu" not in page, "it is called the same"


async def test_the_old_name_is_free_from_when_it_has_a_last_day(region: Region) -> None:
    disa = await region.staff("disa")
    soon = (clock.local_date(clock.now()) + timedelta(days=30)).isoformat()
    assert (await decide(disa, "ending", soon)).status_code == 303
    await opened(disa, name="Hälsocentralen Ankaret", replaces=ANKARET)


_HOURS = "select string_agg(weekday || ' ' || opens || ' ' || closes, ', ' order by weekday, opens) from opening_hours"


async def test_the_hours_that_were_typed_hold_and_another_ones_only_where_none_were(region: Region) -> None:
    disa = await region.staff("disa")
    unit_id = await opened(disa, replaces=ANKARET, day_5="10.00–23.59")
    assert await region.value(f"{_HOURS} where unit_id = $1", unit_id) == "5 10:00:00 23:59:00"
    shown = await disa.post(PATH, form(day_0="", day_1="", day_2="", day_3="", day_4=""))
    assert shown.status_code == 422
    assert "Skriv öppettider för minst en dag" in main(shown.text)
    sent = form(name="Hälsocentralen Boken", hsa_id="SE5599990011-H001")
    assert (await disa.decide(PATH, sent)).status_code == 303
    again = await disa.post(PATH, {**sent, "step": "save", "day_0": "09.00–16.00"})
    assert again.status_code == 409, "the same form with other hours is no repetition"
    rehab = await opened(disa, name="Rehab", hsa_id="SE5599990011-H002", kind="rehab", day_0="08.00–09.00")
    assert str(await region.value(f"{_HOURS} where unit_id = $1", rehab)).startswith("0 08:00:00 09:00:00, 1 08")


async def test_nobody_else_opens_a_unit(region: Region) -> None:
    for key in ("karin", "maja", "gunvor", "eva", "lena", "ivar"):
        person = await region.staff(key)
        assert (await person.get(PATH)).status_code == 404, key
        for step in ("", "save"):
            assert (await person.post(PATH, {**form(), "step": step})).status_code == 404, (key, step)
        if key in {"maja", "gunvor"}:
            assert PATH not in (await person.get("/manage/units")).text
    assert await region.value("select count(*) from access_log where verb = 'open_unit' and refused is not null") == 18
    assert await region.value(_COUNT) == 4
    unit_id = await opened(await region.staff("disa"))
    pelle = await region.staff("pelle")
    assert (await pelle.get(f"{PATH}?opened={unit_id}")).status_code == 404, "another's"
    assert (await pelle.post(PATH, form(replaces=ANKARET, hsa_id="SE5599990011-P001"))).status_code == 422


async def test_of_two_at_once_one_opens_it(region: Region) -> None:
    disa, pelle = await region.staff("disa"), await region.staff("pelle")
    same = {**form(), "step": "save"}
    answers = await asyncio.gather(*(disa.post(PATH, same) for _ in range(4)))
    there = f"{PATH}?opened={same['id']}&done=1"
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(303, there)}
    assert await region.value(_COUNT) == 5
    others = [{**form(name="Hälsocentralen Boken", hsa_id=f"SE5599990011-H00{n}"), "step": "save"} for n in (1, 2)]
    raced = await asyncio.gather(disa.post(PATH, others[0]), pelle.post(PATH, others[1]))
    assert sorted(one.status_code for one in raced) == [303, 422]
    assert await region.value(_COUNT) == 6
    stolen = await pelle.post(PATH, {**form(id=same["id"], hsa_id="SE5599990011-H003", name="Eken"), "step": "save"})
    assert stolen.status_code == 422
    changed = await disa.post(PATH, {**same, "name": "Hälsocentralen Gran", "hsa_id": "SE5599990011-G002"})
    assert changed.status_code == 409, "the form has opened another one"
    assert same["id"] not in main(changed.text), "it goes anew"
    await owner_does(region, "alter table access_log add constraint n check (verb <> 'open_unit') not valid")
    broken = {**form(name="Eken", hsa_id="SE5599990011-E001"), "step": "save"}
    assert (await disa.post(PATH, broken)).status_code == 500
    assert await region.value(_COUNT) == 6, "without its row in the log nothing is opened"
