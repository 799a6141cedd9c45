"""Svara efter avslut: the unit's administrator decides for how many days, and the resident's page follows at once."""

from __future__ import annotations

import asyncio

import pytest

from linjen.demo.world import id_of
from tests.region import Person, Region
from tests.stories.test_ledger import owner_does
from tests.stories.test_reopen import closed, day, reply

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
_PATH = f"{_UNIT}/reply-days"
_DAYS = "select reopen_days from units where id = $1"
_LOGGED = "select count(*) from access_log where verb = 'set_reply_days' and refused is null"


async def decide(person: Person, days: object, was: object = 2) -> int:
    """Send the form; its status."""
    return (await person.decide(_PATH, {"days": days, "was": was})).status_code


async def days_of(region: Region) -> object:
    """What the unit has decided."""
    return await region.value(_DAYS, id_of("unit/ankaret"))


async def test_the_administrator_decides_and_the_patients_page_follows(region: Region) -> None:
    _, gustav, case_id = await closed(region, 1)
    disa = await region.staff("disa")
    assert f'href="{_PATH}"' in (await disa.get(_UNIT)).text
    assert 'name="was" value="2"' in (await disa.get(_PATH)).text
    answer = await disa.decide(_PATH, {"days": "7", "was": "2"})
    assert answer.headers["location"] == f"{_PATH}?done=1"
    assert "Antalet dagar är sparat." in (await disa.get(f"{_PATH}?done=1")).text
    assert f"Du kan svara till och med {day(6)}" in (await gustav.get(f"/cases/{case_id}")).text
    assert "i 7 dagar efter avslutet" in (await disa.get(_UNIT)).text
    assert await region.value(_LOGGED) == 1
    assert await decide(disa, 0, 7) == 303
    assert "Du kan svara till och med" not in (await gustav.get(f"/cases/{case_id}")).text
    assert (await reply(gustav, case_id)).status_code == 409
    assert "börjar patienten ett nytt ärende" in (await disa.get(_UNIT)).text


async def test_nobody_else_does_it_here_and_she_does_it_nowhere_else(region: Region) -> None:
    for key in ("karin", "pelle", "maja", "gunvor", "eva", "lena"):
        person = await region.staff(key)
        assert (await person.get(_PATH)).status_code == 404, key
        assert await decide(person, 9) == 404, key
    astrid = await region.resident("astrid")
    assert (await astrid.get(_PATH)).status_code in {303, 404}
    assert await decide(astrid, 9) in {303, 404}
    disa = await region.staff("disa")
    other = f"/manage/units/{id_of('unit/bjorken')}/reply-days"
    assert (await disa.post(other, {"days": "9", "was": "2"})).status_code == 404
    assert await region.value("select count(*) from units where reopen_days <> 2") == 0
    refused = "select count(*) from access_log where verb = 'set_reply_days' and refused is not null"
    assert await region.value(refused) == 13
    page = (await (await region.staff("maja")).get(_UNIT)).text
    assert "Patienten kan svara i 2 dagar efter avslutet." in page
    assert _PATH not in page


@pytest.mark.parametrize("days", ["", "31", "-1", "två", "2,5", "²"])
async def test_what_is_no_number_of_days_is_told_beside_the_field(region: Region, days: str) -> None:
    disa = await region.staff("disa")
    answer = await disa.post(_PATH, {"days": days, "was": "2"})
    assert answer.status_code == 422
    assert "Skriv ett tal från 0 till 30" in answer.text
    assert await days_of(region) == 2
    assert await region.value(_LOGGED) == 0


async def test_a_stale_form_is_told_what_stands_and_of_many_at_once_one_wins(region: Region) -> None:
    disa = await region.staff("disa")
    assert await decide(disa, 5) == 303
    stale = await disa.post(_PATH, {"days": "9", "was": "2"})
    assert stale.status_code == 409
    assert "Någon annan ändrade antalet dagar" in stale.text
    assert "Nu är det 5." in stale.text
    assert 'name="was" value="5"' in stale.text
    assert 'value="9"' in stale.text, "what was typed stands"
    assert await decide(disa, 5) == 303, "the same form once more changes nothing"
    answers = await asyncio.gather(*(decide(disa, days, 5) for days in (6, 7, 8, 9)))
    assert sorted(answers) == [303, 409, 409, 409]
    assert await days_of(region) in {6, 7, 8, 9}


async def test_without_its_log_row_nothing_changes(region: Region) -> None:
    disa = await region.staff("disa")
    await owner_does(region, "alter table access_log add constraint no_more check (verb <> 'set_reply_days') not valid")
    assert await decide(disa, 9) == 500
    assert await days_of(region) == 2
