"""Before a session ends by itself she sees it wherever she is on the page, and the sign-in says why it asks again."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.browser.test_resident_pages import TALL_PHONE
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_from_here, sign_in_resident


@pytest.mark.parametrize("size", [TALL_PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_warning_is_seen_and_the_sign_in_says_why(windows: Windows, size: dict[str, object]) -> None:
    page = await windows.resident("Rut Engman", size)
    await page.clock.install()
    await page.goto(f"{windows.url}/support")
    warning = page.locator("#session")
    await expect(warning).to_be_hidden()
    await page.clock.fast_forward("26:00")
    await expect(warning).to_be_visible()
    for end in ("0", "document.body.scrollHeight"):
        await page.evaluate(f"window.scrollTo(0, {end})")
        await expect(warning.get_by_role("button")).to_be_in_viewport(ratio=1)
    box = await warning.get_by_role("button").bounding_box()
    assert box is not None
    top = "([x, y]) => document.elementFromPoint(x, y).closest('#session') !== null"
    assert await page.evaluate(top, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]), "nothing covers it"
    await warning.get_by_role("button").click()
    await expect(warning).to_be_hidden()
    await page.context.clear_cookies()
    await page.clock.fast_forward("31:00")
    await page.wait_for_url("**/sign-in?next=*")
    await expect(page.get_by_text("Du är utloggad för din säkerhet")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_who_signs_in_again_is_back_at_the_same_field(windows: Windows, size: dict[str, object]) -> None:
    page = await windows.open(size)
    await sign_in_resident(page, windows.url, "Rut Engman")
    await page.clock.install()
    await page.goto(f"{windows.url}/profile/needs")
    await page.get_by_label("E-post").focus()
    await page.context.clear_cookies()
    await page.clock.fast_forward("31:00")
    await page.wait_for_url("**/sign-in?next=*")
    kept = await page.evaluate("JSON.stringify({ ...sessionStorage })")
    assert "linjen-field" in kept
    assert not re.search(r"Rut|mail|post", kept), "a number and the address, nothing more"
    await sign_in_from_here(page)
    await page.wait_for_url("**/profile/needs")
    await expect(page.get_by_label("E-post")).to_be_focused()
    assert await page.evaluate("sessionStorage.length") == 0


async def test_who_reads_on_with_the_wheel_stays_and_what_scrolls_by_itself_does_not_count(windows: Windows) -> None:
    page = await windows.resident("Rut Engman", PHONE)
    await page.clock.install()
    await page.goto(f"{windows.url}/support")
    warning = page.locator("#session")
    await page.mouse.move(150, 300)
    for moves in (1, 2):
        await page.clock.fast_forward("20:00")
        async with page.expect_response("**/session/extend") as told:
            await page.mouse.wheel(0, 60)
        answer = await told.value
        assert answer.ok, f"after {moves * 20} minutes she is still reading"
        await answer.finished()
        await asyncio.sleep(0.3)  # until the page has read it: its clock stands still, and nothing shows that it has
    await expect(warning).to_be_hidden()
    await page.clock.fast_forward("20:00")
    scrolled = "new Promise((done) => { addEventListener('scroll', () => done(scrollY)); scrollTo(0, 0); })"
    async with asyncio.timeout(10):  # the wheel turns the page a moment after it was told of
        while not await page.evaluate("scrollY"):  # noqa: ASYNC110 - the page's own timers stand still
            await asyncio.sleep(0.05)
    assert await page.evaluate(scrolled) == 0
    await page.clock.fast_forward("06:00")
    await expect(warning).to_be_visible()
