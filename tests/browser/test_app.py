"""Linjen as an app: it can be installed, says what to do without a connection, and keeps nothing of anybody."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from linjen.demo.running import Demo
from linjen.web.public import installed
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.windows import DESKTOP, PHONE, Windows

#: Everything that a browser keeps for us, read as the page itself can read it.
_KEPT = """async () => {
  const caches_ = {};
  for (const name of await caches.keys())
    caches_[name] = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
  return {
    caches: caches_, local: {...localStorage}, session: {...sessionStorage},
    databases: (await indexedDB.databases()).map((one) => one.name),
  };
}"""


async def until(page: Page, holds: str) -> None:
    """Until a function of the page's gives true; Playwright's own way of waiting is forbidden by our content policy."""
    async with asyncio.timeout(15):
        while not await page.evaluate(holds):  # noqa: ASYNC110 - what a worker does tells nobody here
            await asyncio.sleep(0.05)


async def ready(page: Page) -> None:
    """Its service worker is there and in charge."""
    await until(page, "async () => navigator.serviceWorker.controller?.state === 'activated'")


async def fetched(page: Page, url: str) -> str:
    """The text of one of our files."""
    return str(await page.evaluate("async (url) => (await fetch(url)).text()", url))


async def test_the_app_can_be_installed_under_a_neutral_name_with_our_icons(demo: Demo, tmp_path: Path) -> None:
    async with (
        async_playwright() as playwright
    ):  # a window of a test's own kind is a private one: nothing installs there
        context = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=QUIET, locale="sv-SE"
        )
        page = await context.new_page()
        await page.goto(demo.url)
        session = await context.new_cdp_session(page)
        assert (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
        manifest = await page.evaluate(
            "async () => (await fetch(document.querySelector('[rel=manifest]').href)).json()"
        )
        assert (manifest["name"], manifest["lang"], manifest["display"]) == ("Linjen", "sv", "standalone")
        for icon in manifest["icons"]:
            size = await page.evaluate(
                "async (src) => { const one = new Image(); one.src = src; await one.decode();"
                " return `${one.naturalWidth}x${one.naturalHeight}`; }", icon["src"],
            )  # fmt: skip
            assert size == icon["sizes"]
        assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
        await context.close()


async def test_without_a_connection_a_page_says_what_to_do_and_goes_away_when_it_is_back(windows: Windows) -> None:
    page = await windows.resident("Astrid Nyberg", PHONE)
    await ready(page)
    await page.context.set_offline(True)
    await page.goto(f"{windows.url}/cases")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Du är inte uppkopplad")
    await expect(page.get_by_role("heading", level=2)).to_have_text("You are not connected")
    for number in ("tel:112", "tel:1177"):
        assert await page.locator(f"a[href='{number}']").count() == 2
    assert "Astrid" not in await page.content()
    box = await page.locator(".lj-button").first.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mina ärenden")


async def test_a_browser_keeps_the_offline_page_and_nothing_of_anybody(windows: Windows) -> None:
    page = await windows.resident("Astrid Nyberg", PHONE)
    await ready(page)
    await page.goto(f"{windows.url}/cases")
    hrefs = await page.locator("main a[href^='/cases/']").evaluate_all("all => all.map((one) => one.pathname)")
    for path in ("/home", *hrefs[:4], "/profile", "/profile/notices", "/openings", "/support"):
        await page.goto(f"{windows.url}{path}")
    kept = await page.evaluate(_KEPT)
    ((name, paths),) = kept["caches"].items()
    assert re.fullmatch(r"linjen-offline-[0-9a-f]{16}", name)
    assert "/offline" in paths
    assert [path for path in paths if not re.fullmatch(r"/offline|/static/[0-9a-f]{12}/[a-z_./-]+", path)] == []
    assert (kept["local"], kept["session"], kept["databases"]) == ({}, {}, [])
    assert "Astrid" not in await fetched(page, "/offline")


async def test_staff_pages_are_never_answered_by_the_worker(windows: Windows) -> None:
    page = await windows.resident("Astrid Nyberg", DESKTOP)
    await ready(page)
    await page.goto(f"{windows.url}/clinic/sign-in")
    assert await page.evaluate("performance.getEntriesByType('navigation')[0].workerStart") >= 0
    await page.context.set_offline(True)
    answer: Any = None
    try:
        answer = await page.goto(f"{windows.url}/clinic/sign-in")
    except Exception as error:
        assert "ERR_INTERNET_DISCONNECTED" in str(error) or "ERR_FAILED" in str(error)
    assert answer is None


async def test_a_new_release_takes_the_place_of_the_old_one(windows: Windows, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await windows.resident("Astrid Nyberg", DESKTOP)
    await ready(page)
    before = (await page.evaluate(_KEPT))["caches"]
    newer = re.sub(r'"version": "\w+"', '"version": "0123456789abcdef"', await fetched(page, "/sw.js"))
    monkeypatch.setattr(installed, "_worker", lambda _region: newer.encode())
    await page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    await until(page, "async () => (await caches.keys()).join() === 'linjen-offline-0123456789abcdef'")
    assert len(before) == 1
