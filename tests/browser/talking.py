"""What nurses and residents do with a case that has been sent: take it, write, close it."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect


async def take(nurse: Page, case: str) -> None:
    """Take a case from the ledger that is shown; its page is open and live afterwards."""
    await nurse.locator(f"#ledger-queued #case-{case}").get_by_role("button", name="Ta emot").click()
    await nurse.wait_for_url(f"**/clinic/cases/{case}*")
    await expect(nurse.locator("#chat[data-ready]")).to_be_visible()


async def say(page: Page, text: str) -> None:
    """Write a message and send it; it stands in the talk as sent."""
    box = page.locator("#composer-text")
    await box.fill(text)
    await page.locator("#composer button[type=submit]").click()
    await expect(box).to_have_value("")
    bubble = page.locator("#thread .lj-bubble--mine", has_text=text)
    await expect(bubble).to_have_attribute("data-seq", re.compile(r"\d+"))


async def close(nurse: Page, reason: str) -> None:
    """Close the case that is shown; the ledger is open afterwards and says so."""
    await nurse.get_by_role("link", name="Avsluta").click()
    await nurse.get_by_label(reason).check()
    await nurse.get_by_role("button", name="Avsluta ärendet").click()
    await nurse.wait_for_url("**/clinic/ledger*")
    await expect(nurse.get_by_text("Ärendet är avslutat.")).to_be_visible()
