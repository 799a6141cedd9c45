"""Windows for the tests: phones and desktops of the seeded region's people, signed in through the simulators."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, StorageState, expect

from linjen.demo.running import Demo
from tests.browser.watching import Watch

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}


class Windows:
    """Opens windows and closes them; who has signed in once need not do so again in the same test process."""

    def __init__(self, browser: Browser, demo: Demo, kept: dict[str, StorageState]) -> None:
        self.browser = browser
        self.demo = demo
        self.url = demo.url
        self.watch = Watch(demo)
        self._kept = kept
        self._contexts: list[BrowserContext] = []

    async def open(self, size: dict[str, Any], **more: Any) -> Page:
        """A window of nobody's; `more` are the browser context's own settings."""
        settings = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "reduced_motion": "reduce", **size, **more}
        context = await self.browser.new_context(**settings)
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        self.watch.follow(context)
        return await context.new_page()

    async def resident(self, name: str, size: dict[str, Any], **more: Any) -> Page:
        """A resident's window on her home page."""
        page = await self._known(f"resident/{name}", "/home", size, more)
        if page is None:
            page = await self.open(size, **more)
            await sign_in_resident(page, self.url, name)
            self._kept[f"resident/{name}"] = await page.context.storage_state()
        return page

    async def nurse(self, name: str, size: dict[str, Any], **more: Any) -> Page:
        """A staff member's window on the ledger."""
        page = await self._known(f"staff/{name}", "/clinic/ledger", size, more)
        if page is None:
            page = await self.open(size, **more)
            await sign_in_nurse(page, self.url, name)
            self._kept[f"staff/{name}"] = await page.context.storage_state()
        return page

    async def _known(self, who: str, path: str, size: dict[str, Any], more: dict[str, Any]) -> Page | None:
        """A window at `path` of somebody who has signed in before; None where that has ended, by time or by a test."""
        state = self._kept.get(who)
        if state is None:
            return None
        page = await self.open(size, storage_state=state, **more)
        await page.goto(f"{self.url}{path}")
        if page.url.partition("?")[0] == f"{self.url}{path}":
            return page
        await page.context.close()
        return None

    async def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            await context.close()


async def sign_in_resident(page: Page, url: str, name: str) -> None:
    """Sign in with BankID on another device: the code on this screen, the phone in a tab of its own."""
    await page.goto(f"{url}/sign-in?next=/home")
    await sign_in_from_here(page, name)
    await page.wait_for_url("**/home")


async def sign_in_from_here(page: Page, name: str = "Rut Engman") -> None:
    """The same from the sign-in page that is shown, whatever page it leads on to."""
    await page.get_by_role("button", name=re.compile("Mobilt BankID|Mobile BankID")).click()
    await expect(page.locator("#bankid-code")).to_be_visible()
    async with page.context.expect_page() as opened:
        await page.locator("#bankid-order a[target=_blank]").click()
    phone = await opened.value
    await phone.get_by_role("button", name="Skanna QR-koden på skärmen").first.click()
    await phone.get_by_role("button", name=name).click()
    await phone.get_by_role("button", name="Skriv under").click()
    await expect(phone.get_by_role("heading", name="Klart!")).to_be_visible()
    await phone.close()


async def sign_in_nurse(page: Page, url: str, name: str) -> None:
    """Sign in with the make-believe SITHS card."""
    await page.goto(f"{url}/clinic")
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name=name).click()
    await page.wait_for_url("**/clinic/**")
    if page.url.endswith("/clinic/units"):
        await page.get_by_role("main").get_by_role("button").first.click()
    await page.wait_for_url("**/clinic/ledger*")


async def scroll_overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
