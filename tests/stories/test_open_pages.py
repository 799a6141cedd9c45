"""Open pages: whose account has ended is shown nothing more, and one session has no more than it can look at."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from linjen.demo.world import id_of
from linjen.web import live
from tests.region import Region


async def _end_account(region: Region, key: str) -> None:
    await region.site.database.execute("update staff set active = false where id = $1", id_of(f"staff/{key}"))


@pytest.mark.parametrize("what", ["message", "typing"])
async def test_whose_account_has_ended_is_signed_out_with_the_next_event_and_told_nothing_of_it(
    region: Region, what: str
) -> None:
    bo, gustav = await region.staff("bo", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    async with (
        bo.listen(f"/clinic/cases/{case_id}/stream") as case, bo.listen("/clinic/ledger/stream") as ledger,
    ):  # fmt: skip
        await asyncio.gather(case.wait_for("hello"), ledger.wait_for("hello"))
        await _end_account(region, "bo")
        if what == "typing":
            await gustav.post(f"/cases/{case_id}/typing")
        else:
            await gustav.say(case_id, "Hemligt efter slutet")
        await case.wait_for("signed_out", within_s=2)
        if what == "message":
            await ledger.wait_for("signed_out", within_s=2)
        heard = {kind for ear in (case, ledger) for kind, _, _ in ear.heard}
        assert heard - {"presence"} <= {"hello", "signed_out"}, "who reads may have been told before the end"


async def test_typing_reaches_who_may_see_it(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        await gustav.post(f"/cases/{case_id}/typing")
        await ear.wait_for("typing", "Gustav")


async def test_one_page_too_many_ends_the_one_that_was_opened_first(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_MOST_OF_SESSION", 3)
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    async with contextlib.AsyncExitStack() as stack:
        other = await stack.enter_async_context(bo.listen("/clinic/ledger/stream"))
        await other.wait_for("hello")
        ears = []
        for _ in range(4):
            ears.append(await stack.enter_async_context(karin.listen("/clinic/ledger/stream")))
            await ears[-1].wait_for("hello")
        async with asyncio.timeout(5):
            await asyncio.shield(ears[0]._task)
        assert not any(ear._task.done() for ear in (*ears[1:], other))
    assert len(list(region.site.hub.streams())) <= 4
