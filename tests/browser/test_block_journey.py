"""K11: what a patient has blocked at one unit is opened in an emergency at another, told to her, and reviewed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pictures import film
from tests.browser.shift import SIZES, Shift, nurse_at
from tests.browser.windows import Windows

_SECRET = "penicillin"


async def _head_of_ankaret(windows: Windows, size: dict[str, Any]) -> Page:
    page = await windows.open(size)
    await page.goto(f"{windows.url}/clinic")
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name="Gunvor Sjö").click()
    await expect(page.locator("h1")).to_be_visible()
    return page


@pytest.mark.parametrize("size", SIZES)
async def test_k11_a_block_is_opened_in_an_emergency(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    windows.watch.expect("status of 4(04|22)")
    case = await shift.arrives(2, "andningsbesvar", "Hon andas tungt och svarar knappt", by="frida")
    ulf = await nurse_at(windows, "Ulf Dahl", size)
    await ulf.goto(f"{windows.url}/clinic/cases/{case}")
    tag = ulf.get_by_role("link", name="Spärrade uppgifter finns")
    await expect(tag).to_be_visible()
    await film(ulf, "k11", "1-something-is-blocked")
    await tag.click()
    told = ulf.locator("#visits-elsewhere")
    await expect(told).to_contain_text("Det finns spärrade uppgifter vid en annan enhet")
    await expect(told).not_to_contain_text("Ankaret")
    await film(ulf, "k11", "2-it-exists")

    await told.get_by_role("link", name="Nödöppning").click()
    await expect(ulf.locator("main")).to_contain_text("Öppningen loggas med ditt namn")
    await film(ulf, "k11", "3-the-form")
    await ulf.get_by_role("button", name="Öppna i nödläge").click()
    await expect(ulf.locator("main")).to_contain_text("Välj ett skäl")
    await ulf.get_by_label("Patienten kan inte svara").check()
    await ulf.get_by_label("Beskriv läget").fill("Medvetslös på väg in, behöver veta om allergier")
    await ulf.get_by_role("button", name="Öppna i nödläge").click()
    await expect(told).to_contain_text("Öppningen är loggad")
    await film(ulf, "k11", "4-opened")
    await told.get_by_role("link", name="Ärende på Hälsocentralen Ankaret").click()
    there = ulf.locator("#there")
    await expect(there).to_contain_text(_SECRET)
    await expect(there).to_contain_text("Det du läser loggas")
    await film(ulf, "k11", "5-read", whole=True)

    await _review(await _head_of_ankaret(windows, size))
    await _close_it(await windows.resident("Frida Alm", size), windows.url)
    # His page is open and loses what is blocked by itself.
    await ulf.wait_for_url(re.compile(r"/visits#elsewhere-title$"), timeout=2_000)
    await expect(told).to_contain_text("Det finns spärrade uppgifter vid en annan enhet")
    await expect(ulf.locator("main")).not_to_contain_text(_SECRET)
    await film(ulf, "k11", "9-blocked-again")


async def _review(gunvor: Page) -> None:
    await expect(gunvor.locator("main")).to_contain_text("nödöppning")
    await film(gunvor, "k11", "6-work-for-who-leads")
    await gunvor.get_by_role("link", name="Granska").click()
    first = gunvor.locator("main .lj-cards > li").first
    await expect(first).to_contain_text("Medvetslös på väg in")
    await expect(first).not_to_contain_text(_SECRET)
    await film(gunvor, "k11", "7-to-review")
    await first.get_by_label("Rätt", exact=True).check()
    await first.get_by_role("button", name="Spara granskningen").click()
    await expect(gunvor.locator("main")).to_contain_text("Rätt. Gunvor Sjö")


async def _close_it(frida: Page, url: str) -> None:
    await frida.goto(f"{url}/openings")
    await expect(frida.locator("main")).to_contain_text("gjorde en nödöppning av spärrade uppgifter")
    await frida.goto(f"{url}/profile/blocks")
    ankaret = frida.locator("section", has=frida.get_by_role("heading", name="Hälsocentralen Ankaret"))
    await expect(ankaret).to_contain_text("Hälsocentralen Björken öppnade i en nödsituation")
    await expect(ankaret).to_contain_text("Din enhet har gått igenom varför")
    await film(frida, "k11", "8-what-she-reads", whole=True)

    await ankaret.get_by_role("button", name="Häv spärren").click()
    await ankaret.get_by_role("button", name="Spärra").click()
    await expect(frida.locator("main")).to_contain_text("Uppgifterna är spärrade nu.")
