"""The browser of these tests shows our pages and none of its own: those cost as much, and nobody would notice."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser

from tests.browser.windows import DESKTOP, Windows


async def test_no_page_of_the_browser_stands_beside_ours(windows: Windows, chromium: Browser) -> None:
    page = await windows.open(DESKTOP)
    await page.goto(windows.url)
    await asyncio.sleep(2)  # they come a while after their window
    session = await chromium.new_browser_cdp_session()
    targets = (await session.send("Target.getTargets", {"filter": [{}]}))["targetInfos"]
    assert not [one["url"] for one in targets if one["url"].startswith(("chrome:", "chrome-untrusted:"))]
