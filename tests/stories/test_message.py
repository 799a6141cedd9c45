"""Skicka meddelande: it reaches the other party live, once, and nobody else."""

from __future__ import annotations

import asyncio
from uuid import UUID

from linjen.core.ids import new_id
from tests.region import Region


async def test_what_a_nurse_writes_reaches_the_resident_live_and_is_counted_unread(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    async with gustav.listen(f"/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        answer = await karin.say(case, "Välkommen! Hur mår du i dag?")
        assert answer.status_code == 201, answer.text
        _, number, html = await ear.wait_for("message_sent", "Hur mår du")
        assert int(number) == answer.json()["seq"]
        assert "Karin Lindqvist" in html
    assert await region.value("select resident_unread from cases where id = $1", case) == 1


async def test_a_retry_is_written_once_and_answered_as_the_first_time(region: Region) -> None:
    case, karin, message_id = region.cases["held_by_karin"], await region.staff("karin", "ankaret"), new_id()
    first = await karin.say(case, "Tack!", message_id)
    again = await karin.say(case, "Tack!", message_id)
    other = await karin.say(case, "Något annat", message_id)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["seq"] == again.json()["seq"]
    assert await region.value("select count(*) from messages where id = $1", message_id) == 1


async def test_the_nil_id_is_nobodys_message(region: Region) -> None:
    karin, case = await region.staff("karin", "ankaret"), region.cases["held_by_karin"]
    answer = await karin.say(case, "hej", UUID(int=0))
    assert (answer.status_code, answer.json()["reason"]) == (422, "unreadable")


async def test_many_at_once_get_numbers_without_gaps(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    before = await region.value("select counter from cases where id = $1", case)
    answers = await asyncio.gather(*(who.say(case, f"rad {n}") for n in range(20) for who in (karin, gustav)))
    numbers = sorted(answer.json()["seq"] for answer in answers)
    assert isinstance(before, int)
    assert numbers == list(range(before + 1, before + 41))
    assert await region.value("select count(*) from events where case_id = $1 and seq > $2", case, before) == 40


async def test_a_stranger_a_colleague_and_a_closed_case_are_refused(region: Region) -> None:
    case = region.cases["held_by_karin"]
    for who in (
        await region.resident("amina"), await region.staff("bo", "ankaret"), await region.staff("lena", "lyktan"),
        await region.staff("ivar", "ankaret"), await region.staff("maja", "ankaret"),
    ):  # fmt: skip
        assert (await who.say(case, "hej")).status_code == 404
    ingrid = await region.resident("ingrid")
    assert (await ingrid.say(region.cases["closed"], "hej")).status_code == 404


async def test_without_token_from_elsewhere_or_signed_out_nothing_is_written(region: Region) -> None:
    case, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    url, body = f"/clinic/cases/{case}/messages", {"id": str(new_id()), "text": "hej"}
    no_token = await karin.http.post(url, json=body, headers={"x-linjen": "1", "origin": region.url})
    foreign = await karin.http.post(
        url, json=body, headers={"x-linjen": "1", "x-csrf": karin.csrf, "origin": "https://example.org"}
    )
    await region.site.database.execute("update sessions set ended_at = now()")
    ended = await karin.say(case, "hej")
    assert (no_token.status_code, foreign.status_code, ended.status_code) == (409, 409, 401)
    assert await region.value("select count(*) from messages where body_sealed is not null and case_id = $1", case) == 2


async def test_a_session_that_ended_before_its_first_message_is_told_that_it_has(region: Region) -> None:
    """A page that was open the whole time offers to sign in again, with what was written still there."""
    for who in (await region.staff("karin", "ankaret"), await region.resident("gustav")):
        await region.site.database.execute("update sessions set ended_at = now() where ended_at is null")
        answer = await who.say(region.cases["held_by_karin"], "hej")
        assert (answer.status_code, answer.json()) == (401, {"reason": "signed_out"})


async def test_what_was_missed_comes_at_reconnection_and_garbage_starts_afresh(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    last = await region.value("select counter from cases where id = $1", case)
    for n in range(3):
        await karin.say(case, f"medan du var borta {n}")
    async with gustav.listen(f"/cases/{case}/stream", str(last)) as ear:
        for n in range(3):
            await ear.wait_for("message_sent", f"medan du var borta {n}")
    for garbage in ("banan", "99999999", "-1", "1" * 30):
        async with gustav.listen(f"/cases/{case}/stream", garbage) as ear:
            await ear.wait_for("reload")
            assert [kind for kind, _, _ in ear.heard] == ["reload"]


async def test_who_loses_access_is_told_gone_and_never_the_content(region: Region) -> None:
    case = region.cases["held_by_karin"]
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    async with bo.listen(f"/clinic/cases/{case}/stream") as ear:
        await ear.wait_for("hello")
        await region.site.database.execute(
            "update assignments set ended_at = now() where staff_id = (select id from staff where given_name = 'Bo')"
        )
        await karin.say(case, "detta ser inte Bo")
        await ear.wait_for("gone")
        assert not any("detta ser inte" in data for _, _, data in ear.heard)


async def test_a_failed_event_leaves_nothing_behind(region: Region) -> None:
    case, karin = region.cases["held_by_karin"], await region.staff("karin", "ankaret")
    before = await region.value("select counter from cases where id = $1", case)
    owner = region.dsn.replace("linjen_app@", "linjen_owner@")
    import asyncpg  # noqa: PLC0415

    admin = await asyncpg.connect(owner)
    await admin.execute("alter table events add constraint broken check (kind <> 'message_sent') not valid")
    await admin.close()
    assert (await karin.say(case, "detta når ingen")).status_code == 500
    assert await region.value("select counter from cases where id = $1", case) == before
    assert await region.value("select count(*) from messages where case_id = $1", case) == 2
