"""The order's page follows it by a stream: one request for a whole sign-in, and BankID asked by one page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec

from linjen.access.sign_in_orders import SignInOrder
from linjen.integrations.bankid import Collected
from linjen.people.sign_in import BankIDSignIn
from linjen.people.sign_in_companion import Companion
from tests.plain_http import plain_client
from tests.stories.sign_in_world import Browser, World, number


async def _listen(client: httpx.AsyncClient, order: str) -> AsyncIterator[dict[str, Any]]:
    async with client.stream("GET", f"{order}/stream") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield msgspec.json.decode(line.removeprefix("data: "))


def _client(browser: Browser) -> httpx.AsyncClient:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return plain_client(base_url=browser.url, headers={"cookie": cookies}, timeout=20)


async def test_the_stream_goes_with_her_to_the_end(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    told = []
    async with _client(browser) as client:
        async for state in _listen(client, order):
            told.append(state)
            if len(told) == 1:
                await world.tap("/scan", person=number("gustav"))
                world.clock.move(2.1)
            elif len(told) == 2:
                await world.tap("/sign")
                world.clock.move(2.1)
    assert [state["status"] for state in told] == ["pending", "pending", "complete"]
    assert [state["hint"] for state in told] == ["", "userSign", ""]
    assert [state["code"] is None for state in told] == [False, True, True], "once scanned it is of no use"
    assert len(told[0]["code"]["modules"]) == told[0]["code"]["size"] ** 2
    assert (await browser.get(order)).status_code == 303


async def test_another_browser_hears_nothing(world: World) -> None:
    order = await world.begin(world.browser())
    other = world.browser()
    await world.begin(other)
    assert (await other.get(f"{order}/stream")).status_code == 404


async def test_a_server_that_stops_waits_for_no_order_page(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    told = []
    async with _client(browser) as client, asyncio.timeout(5):
        async for state in _listen(client, order):
            told.append(state)
            world.region.site.hub.ending.set()
    assert len(told) == 1


class _Pages:
    """Pages that follow one order, without their seconds; how often BankID was asked."""

    def __init__(self, world: World, browser: Browser, order: str) -> None:
        site = world.region.site
        assert site.bankid is not None
        self.asked, self._site = 0, site
        self._id, self._browser = UUID(order.rpartition("/")[2]), browser
        self._collect, site.bankid.collect = site.bankid.collect, self._counted  # type: ignore[method-assign]
        self._journey = BankIDSignIn(site.settings, site.database, site.sealer, site.bankid, site.person_data)

    async def _counted(self, order_ref: str) -> Collected:
        self.asked += 1
        return await self._collect(order_ref)

    async def open(self) -> Companion:
        """One more page."""
        attempt = next(value for name, value in self._browser.cookies.items() if "attempt-resident" in name)
        return Companion(self._journey, await self._journey.see(self._id, attempt), attempt)

    async def row(self) -> SignInOrder:
        """The attempt as the next asker would read it."""
        return (await self.open()).standing.order


async def test_bankid_is_asked_by_one_page_at_a_time_and_all_hear_the_end(world: World) -> None:
    browser = world.browser()
    pages = _Pages(world, browser, await world.begin(browser))
    first, second = await pages.open(), await pages.open()
    for _ in range(5):
        world.clock.move(1.1)
        await first.look()
        await second.look()
    assert pages.asked == 2  # after 2.2 and 4.4 seconds
    assert (await world.state(browser, f"/sign-in/bankid/{first.standing.order.id}"))["status"] == "pending"
    assert pages.asked == 2
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/sign")
    world.clock.move(2.1)
    assert (await first.look()).may_enter
    assert (await second.look()).may_enter


async def test_what_is_heard_is_noted_at_once_and_the_rest_written_seldom(world: World) -> None:
    browser = world.browser()
    pages = _Pages(world, browser, await world.begin(browser))
    page = await pages.open()
    world.clock.move(2.1)
    await page.look()
    kept = (await pages.row()).collected_at
    world.clock.move(2.1)
    await page.look()
    assert (await pages.row()).collected_at == kept
    await world.tap("/scan", person=number("gustav"))
    world.clock.move(2.1)
    await page.look()
    assert (await pages.row()).hint == "userSign"


async def test_a_page_that_was_left_lets_the_next_ask(world: World) -> None:
    browser = world.browser()
    pages = _Pages(world, browser, await world.begin(browser))
    first, second = await pages.open(), await pages.open()
    world.clock.move(2.1)
    await first.look()
    await first.leave()
    world.clock.move(2.1)
    await second.look()
    assert pages.asked == 2


async def test_a_page_that_goes_away_in_the_middle_lets_go_of_the_order(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    pages = _Pages(world, browser, order)
    async with _client(browser) as client:
        told = _listen(client, order)
        await anext(told)
        world.clock.move(2.1)
        await anext(told)
        assert (await pages.row()).asked_at > world.clock(), "while it is open it keeps the order to itself"
        await told.aclose()  # type: ignore[attr-defined]
    async with asyncio.timeout(5):
        while (await pages.row()).asked_at > world.clock():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)
    await world.state(browser, order)
    assert pages.asked == 2, "whoever looks next may ask"


async def test_a_page_that_goes_away_while_bankid_answers_loses_no_sign_in(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    pages, asking = _Pages(world, browser, order), asyncio.Event()

    async def slow(order_ref: str) -> Collected:
        found = await pages._counted(order_ref)
        asking.set()
        await asyncio.sleep(0.3)
        return found

    world.region.site.bankid.collect = slow  # type: ignore[union-attr, method-assign]
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/sign")
    async with _client(browser) as client:
        told = _listen(client, order)
        await anext(told)
        world.clock.move(2.1)
        await asyncio.wait_for(asking.wait(), 5)
        await told.aclose()  # type: ignore[attr-defined]
    async with asyncio.timeout(5):
        while (await pages.row()).state == "pending":  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)
    assert (await browser.get(order)).status_code == 303


async def test_a_page_whose_server_was_killed_holds_the_order_for_a_while_only(world: World) -> None:
    browser = world.browser()
    pages = _Pages(world, browser, await world.begin(browser))
    lost, next_one = await pages.open(), await pages.open()
    world.clock.move(2.1)
    await lost.look()  # and never leaves
    for _ in range(21):
        world.clock.move(2.1)
        await next_one.look()
    assert pages.asked >= 2
