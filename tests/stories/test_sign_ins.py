"""Här är du inloggad: her own sign-ins in plain words, ended one by one or all at once; nobody else's."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from linjen.core import clock
from tests.region import Person, Region


async def _id(region: Region, person: Person) -> UUID:
    found = await region.value(
        "select id from sessions where token_hash = sha256(convert_to($1, 'UTF8'))", person.token
    )
    assert isinstance(found, UUID)
    return found


async def _is_in(person: Person) -> bool:
    return (await person.get("/home")).status_code == 200


async def test_each_sign_in_says_where_and_since_when_and_this_one_has_no_button(region: Region) -> None:
    here, there = await region.resident("gustav"), await region.resident("gustav")
    await region.site.database.execute(
        "update sessions set device = 'chrome/android' where id = $1", await _id(region, there)
    )
    page = (await here.get("/profile")).text
    assert "Chrome på Android" in page
    assert "Okänd enhet" in page
    assert f"/profile/sign-ins/{await _id(region, there)}/ends" in page
    assert f"/profile/sign-ins/{await _id(region, here)}/ends" not in page
    assert "Användes senast i dag" in page


async def test_one_that_is_ended_opens_nothing_more_and_its_open_pages_close(region: Region) -> None:
    here, there = await region.resident("gustav"), await region.resident("gustav")
    case = region.cases["held_by_karin"]
    async with there.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        answer = await here.post(f"/profile/sign-ins/{await _id(region, there)}/ends")
        assert (answer.status_code, answer.headers["location"]) == (303, "/profile?ended=one#sign-ins")
        ended = await _id(region, there)
        left = [one for one in region.site.hub.streams() if one.by.session_id == ended and not one.closed]
        assert left == [], "at once, and not when the stream asks for itself"
        await ear.wait_for("signed_out")
    assert not await _is_in(there)
    assert await _is_in(here)
    assert "Inloggningen är avslutad" in (await here.get("/profile?ended=one")).text


async def test_out_everywhere_is_out_here_too(region: Region) -> None:
    people = [await region.resident("gustav") for _ in range(3)]
    other = await region.resident("amina")
    answer = await people[0].post("/profile/sign-ins/ends")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "clear-site-data" in answer.headers
    assert [await _is_in(one) for one in people] == [False] * 3
    assert await _is_in(other)


async def test_nobody_ends_somebody_elses_and_a_strange_id_does_nothing(region: Region) -> None:
    gustav, amina = await region.resident("gustav"), await region.resident("amina")
    karin = await region.staff("karin", "ankaret")
    for one in (amina, karin):
        assert (await gustav.post(f"/profile/sign-ins/{await _id(region, one)}/ends")).status_code == 303
    assert (await gustav.post("/profile/sign-ins/nonsense/ends")).status_code == 404
    assert await _is_in(amina)
    assert (await karin.get("/clinic/ledger")).status_code == 200


async def test_ended_twice_at_once_is_ended_once_and_no_fault(region: Region) -> None:
    here, there = await region.resident("gustav"), await region.resident("gustav")
    path = f"/profile/sign-ins/{await _id(region, there)}/ends"
    answers = await asyncio.gather(*(here.post(path) for _ in range(3)))
    assert {one.status_code for one in answers} == {303}
    ended = await region.value("select ended_at from sessions where id = $1", await _id(region, there))
    await here.post(path)
    assert await region.value("select ended_at from sessions where id = $1", await _id(region, there)) == ended


async def test_one_that_was_left_alone_too_long_is_not_shown_as_open(region: Region) -> None:
    here, there = await region.resident("gustav"), await region.resident("gustav")
    old = clock.before(clock.now(), region.site.settings.resident_idle_s + 60)
    await region.site.database.execute("update sessions set seen_at = $2 where id = $1", await _id(region, there), old)
    assert str(await _id(region, there)) not in (await here.get("/profile")).text


async def test_the_database_takes_nothing_but_two_words(region: Region) -> None:
    session_id = await _id(region, await region.resident("gustav"))
    with pytest.raises(asyncpg.CheckViolationError):
        await region.site.database.execute("update sessions set device = 'Mozilla/5.0' where id = $1", session_id)
