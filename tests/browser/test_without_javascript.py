"""Everything a resident needs works without JavaScript: signing in, asking, writing in and reading the answer."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.talking import close, say, take
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_resident
from tests.browser.writing_in import ask, write_in


async def test_a_resident_without_javascript_asks_writes_in_and_reads_the_answer(windows: Windows) -> None:
    page = await windows.open(PHONE, java_script_enabled=False)
    await sign_in_resident(page, windows.url, "Edvin Strand")
    await expect(page.locator("h1")).to_contain_text("Edvin")
    question = await ask(page, "Vilka tider har ni för vaccination?")
    await page.goto(f"{windows.url}/home")
    case = await write_in(
        page, "Jag har haft ont i halsen i fyra dagar", {"gen.fever": "yes", "gen.duration_days": "4"}
    )
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await say(karin, "Hej Edvin! Hur hög är febern?")
    await _answers(page, windows.url, case)
    await expect(karin.locator("#thread")).to_contain_text("38,2")
    await close(karin, "Råd och egenvård")
    await page.reload()
    await expect(page.locator("#case-status")).to_contain_text("Avslutat")
    await page.goto(f"{windows.url}/cases")
    await expect(page.locator(f"a[href='/cases/{question}']")).to_be_visible()


async def _answers(page: Page, url: str, case: str) -> None:
    await page.goto(f"{url}/cases/{case}")
    await expect(page.locator("#thread")).to_contain_text("Hur hög är febern?")
    await page.get_by_role("button", name="Markera som läst").click()
    await page.locator("#composer-text").fill("Hej! 38,2 i går kväll.")
    await page.locator("#composer button[type=submit]").click()
    await expect(page.locator("#thread li", has_text="38,2 i går kväll")).to_have_count(1)
    await page.reload()
    await expect(page.locator("#thread li", has_text="38,2 i går kväll")).to_have_count(1)
