"""Logga in med BankID: the whole way over HTTP and TLS, and every way in which it must not work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.region import Region
from tests.stories.sign_in_world import World, number, sign_in_world


@pytest.fixture
async def world(region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The region with its counterparts."""
    async with sign_in_world(region, tmp_path, monkeypatch) as one:
        yield one


async def test_by_qr_code_from_the_choice_to_the_session(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    assert "Starta BankID-appen" in browser.text()
    code = await browser.get(f"{order}/qr.svg")
    assert code.headers["content-type"].startswith("image/svg+xml")
    assert code.headers["cache-control"] == "no-store"
    assert (await world.state(browser, order))["hint"] == "outstandingTransaction"
    await world.tap("/scan")
    assert (await world.state(browser, order))["hint"] == "started"
    await world.tap("/person", person=number("gustav"))
    assert "säkerhetskod" in (await world.state(browser, order))["text"]
    await world.tap("/sign")
    assert (await world.state(browser, order))["status"] == "complete"
    assert browser.token == ""
    page = await browser.get(order)
    assert (page.status_code, page.headers["location"]) == (303, "/home")
    front = await browser.get("/")
    assert "Gustav" in front.text
    assert "/home" in front.text
    assert await world.region.value("select state from sign_in_orders") == "used"
