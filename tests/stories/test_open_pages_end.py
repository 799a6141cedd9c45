"""Open pages end within two seconds of what they rest on, without any event of a case: "404 from now on"."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from linjen.core import clock
from linjen.demo.world import id_of
from tests.region import Ear, Person, Region

_WITHIN_S = 2.0


@contextlib.asynccontextmanager
async def _open(person: Person, *paths: str) -> AsyncIterator[list[Ear]]:
    async with contextlib.AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(person.listen(path)) for path in paths]
        for ear in ears:
            await ear.wait_for("hello")
        yield ears


async def _end(ears: list[Ear], *names: str) -> None:
    """Each says its word and ends in time, and has told nothing else."""
    for ear, name in zip(ears, names, strict=True):
        await ear.wait_for(name, within_s=_WITHIN_S)
        async with asyncio.timeout(_WITHIN_S):
            await asyncio.shield(ear._task)
        assert {one[0] for one in ear.heard} <= {"hello", name, "presence"}


def _pages(region: Region) -> tuple[str, str, str]:
    case = f"/clinic/cases/{region.cases['held_by_karin']}/stream"
    return "/clinic/ledger/stream", case, f"{case}?apart"


async def _do(region: Region, sql: str, key: str) -> None:
    await region.site.database.execute(sql, id_of(f"staff/{key}"))


_SESSION = "update sessions set {} where person_id = $1"


@pytest.mark.parametrize(
    ("sql", "case"),
    [
        ("update assignments set ended_at = now() where staff_id = $1", "gone"),
        ("update staff set active = false where id = $1", "signed_out"),
        (_SESSION.format("ended_at = now()"), "signed_out"),
        (_SESSION.format("locked_at = now()"), "signed_out"),
        (_SESSION.format("expires_at = now()"), "signed_out"),
        (_SESSION.format("seen_at = now() - interval '901 seconds'"), "signed_out"),
        (_SESSION.format(f"unit_id = '{id_of('unit/bjorken')}'"), "signed_out"),
    ],
)
async def test_what_staff_have_open_ends_with_what_it_rests_on(region: Region, sql: str, case: str) -> None:
    bo, karin = await region.staff("bo", "ankaret"), await region.staff("karin", "ankaret")
    async with _open(bo, *_pages(region)) as ears, _open(karin, *_pages(region)) as others:
        await _do(region, sql, "bo")
        await _end(ears, "signed_out", case, case)
        await asyncio.sleep(1.2)
        assert not any(ear._task.done() for ear in others)


async def test_the_administrations_page_ends_too(region: Region) -> None:
    gunvor, disa = await region.staff("gunvor"), await region.staff("disa")
    async with _open(gunvor, "/manage/stream") as ears, _open(disa, "/manage/stream") as others:
        await _do(region, "update assignments set ended_at = now() where staff_id = $1", "gunvor")
        await _end(ears, "signed_out")
        await _do(region, _SESSION.format("locked_at = now()"), "disa")
        await _end(others, "signed_out")


async def test_a_guardian_loses_the_childs_case_when_the_bond_ends_and_keeps_her_own(region: Region) -> None:
    astrid = await region.resident("astrid")
    async with _open(astrid, f"/cases/{region.cases['child']}/stream") as ears:
        await region.site.database.execute(
            "update guardianships set ended_at = now() where guardian_id = $1", region.actors.residents["astrid"]
        )
        await _end(ears, "gone")


@pytest.mark.parametrize(
    "what", ["ended_at = now()", "expires_at = now()", "seen_at = now() - interval '1801 seconds'"]
)
async def test_a_residents_page_ends_with_her_session(region: Region, what: str) -> None:
    gustav = await region.resident("gustav")
    async with _open(gustav, f"/cases/{region.cases['held_by_karin']}/stream") as ears:
        await region.site.database.execute(_SESSION.format(what), region.actors.residents["gustav"])
        await _end(ears, "signed_out")


@pytest.mark.parametrize("what", ["expires_at = now()", "seen_at = now() - interval '1801 seconds'"])
async def test_what_is_written_meanwhile_never_reaches_a_session_that_is_over(
    region: Region, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Also before the round has come by."""
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]

    async def never(_: object) -> None:
        return None

    monkeypatch.setattr("linjen.web.open_pages.OpenPages.look", never)
    async with _open(gustav, f"/cases/{case_id}/stream") as ears:
        await region.site.database.execute(_SESSION.format(what), region.actors.residents["gustav"])
        assert (await karin.say(case_id, "Hemligt efter slutet")).status_code == 201
        await _end(ears, "signed_out")


async def test_an_open_page_is_no_use_of_the_session_and_ends_none_that_is_in_use(region: Region) -> None:
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    seen = clock.now() - timedelta(seconds=600)
    await region.site.database.execute(_SESSION.format("seen_at = $2"), id_of("staff/karin"), seen)
    async with _open(karin, f"/clinic/cases/{case_id}/stream", "/clinic/ledger/stream") as ears:
        await asyncio.sleep(2.2)
        assert await region.value("select seen_at from sessions where person_id = $1", id_of("staff/karin")) == seen
        assert not any(ear._task.done() for ear in ears)


async def test_what_the_pages_script_does_by_itself_is_no_use_of_the_session_and_what_people_do_is(
    region: Region,
) -> None:
    """A screen that was left in a lively unit locks like any other."""
    karin, case_id = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    seen = clock.now() - timedelta(seconds=600)
    last = "select seen_at from sessions where person_id = $1"
    await region.site.database.execute(_SESSION.format("seen_at = $2"), id_of("staff/karin"), seen)
    for path in ("/clinic/ledger", f"/clinic/cases/{case_id}", "/clinic/chats?here="):
        assert (await karin.http.get(path, headers={"x-linjen": "1"})).status_code == 200
    headers = {"x-linjen": "1", "x-csrf": karin.csrf, "origin": region.url, "sec-fetch-site": "same-origin"}
    read = await karin.http.post(f"/clinic/cases/{case_id}/reads", json={"seq": 1}, headers=headers)
    assert read.status_code < 300
    assert await region.value(last, id_of("staff/karin")) == seen
    assert (await karin.http.post("/clinic/alive", headers=headers)).status_code == 200
    told = await region.value(last, id_of("staff/karin"))
    assert isinstance(told, type(seen))
    assert told > seen
    await region.site.database.execute(_SESSION.format("seen_at = $2"), id_of("staff/karin"), seen)
    assert (await karin.get("/clinic/ledger")).status_code == 200
    assert await region.value(last, id_of("staff/karin")) != seen


async def test_who_has_no_role_in_care_has_no_stream_of_the_ledger_either(region: Region) -> None:
    for key in ("gunvor", "ivar", "maja", "lena"):
        person = await region.staff(key, "ankaret")
        assert (await person.get("/clinic/ledger/stream")).status_code == 404
        refused = "select count(*) from access_log where verb = 'ledger' and refused = 'page' and by_id = $1"
        assert await region.value(refused, id_of(f"staff/{key}")) == 1


async def test_whose_assignment_has_ended_is_led_to_what_explains_it(region: Region) -> None:
    bo = await region.staff("bo", "ankaret")
    await _do(region, "update assignments set ended_at = now() where staff_id = $1", "bo")
    way = await bo.get("/clinic")
    assert way.headers["location"] == "/clinic/units"
    assert "Du har inget uppdrag i vården just nu" in (await bo.get("/clinic/units")).text
    petra = await region.staff("petra", "ankaret")
    await region.site.database.execute(
        "update assignments set ended_at = now() where staff_id = $1 and unit_id = $2",
        id_of("staff/petra"), id_of("unit/ankaret"),
    )  # fmt: skip
    assert (await petra.get("/clinic")).headers["location"] == "/clinic/units"
    gunvor = await region.staff("gunvor", "ankaret")
    assert (await gunvor.get("/clinic")).headers["location"] == "/manage"
    karin = await region.staff("karin", "ankaret")
    assert (await karin.get("/clinic")).headers["location"] == "/clinic/ledger"
