"""K13: an hour at the clinic without a mouse, from the ledger to signing out; every stop of the focus is seen."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.keys import Keyboard
from tests.browser.pictures import film
from tests.browser.shift import Shift, nurse_at
from tests.browser.windows import DESKTOP, Windows


async def _press(page: Page, keys: str) -> None:
    for key in keys.split():
        await page.keyboard.press(key)


async def _open(page: Page, keys: str, address: str) -> None:
    """Press keys that lead to another page."""
    async with page.expect_navigation(url=address):
        await _press(page, keys)


async def _ready(page: Page) -> None:
    await expect(page.locator("#chat[data-ready]")).to_be_attached()


async def test_k13_an_hour_by_keyboard_alone(windows: Windows, shift: Shift) -> None:
    first = await shift.arrives(2, "andningsbesvar", "Andfådd i trappan", waited=30, by="lively_siv")
    second = await shift.arrives(3, "hosta", "Hostan vill inte ge med sig", waited=20, by="lively_tage")
    page = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    keys = Keyboard(page)
    await _takes_and_answers(page, keys, first)
    await _asks_a_colleague_and_hands_over(page, keys, first)
    await _open(page, "g l", "**/clinic/ledger*")
    await _press(page, "/")
    await page.keyboard.type("hosta")
    await expect(page.locator("#ledger-queued tr:not([hidden])")).to_have_count(1)
    await _press(page, "Enter")
    await _takes_by_row(page, second)
    await _closes_and_documents(page, keys, second)
    await _open(page, "g s", "**/clinic/patients")
    await _open(page, "g f", "**/clinic/phrases")
    await _open(page, "g i", "**/clinic/profile")
    await keys.to("Logga ut", tag="button")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/clinic/(sign-in|leaving)"))
    if "leaving" in page.url:
        await keys.to("Logga ut", tag="button")
        await page.evaluate("document.querySelector('main form[action=\"/clinic/sign-out\"] button').focus()")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/clinic/sign-in*")


async def _takes_and_answers(page: Page, keys: Keyboard, case: str) -> None:
    await _press(page, "?")
    await expect(page.locator("#keys-help")).to_be_visible()
    await film(page, "k13", "1-the-keys")
    await _press(page, "Escape")
    await _open(page, "n", f"**/clinic/cases/{case}*")
    await _ready(page)
    await _press(page, "m")
    await page.keyboard.type("Hej Siv! Hur länge har du varit andfådd?")
    await _press(page, "Control+Enter")
    await expect(page.locator("#thread")).to_contain_text("Hur länge har du varit andfådd?")
    await expect(page.locator("#composer-text")).to_be_focused()
    await film(page, "k13", "2-answered")
    await _press(page, "Escape")


async def _asks_a_colleague_and_hands_over(page: Page, keys: Keyboard, case: str) -> None:
    await _press(page, "i")
    await page.keyboard.type("Låter bra i rösten.")
    await keys.to("Spara anteckningen", tag="button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#case-notes")).to_contain_text("Låter bra i rösten.")
    await page.evaluate("document.activeElement.blur()")
    await _open(page, "a l", f"**/clinic/cases/{case}/handovers")
    await keys.to(name="to")
    await page.keyboard.type("Sjuk")
    assert await page.locator("#to").input_value(), "a list is chosen from by its letters"
    await film(page, "k13", "3-hands-over")
    await keys.to("Lämna över besöket", tag="button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/clinic/ledger*")


async def _takes_by_row(page: Page, case: str) -> None:
    """Enter has led from the search to the row; j and k move on and back, e takes."""
    row = page.locator(f"#case-{case} a.lj-reason")
    await expect(row).to_be_focused()
    await _press(page, "j k")
    await expect(row).to_be_focused()
    await _open(page, "e", f"**/clinic/cases/{case}*")
    await _ready(page)


async def _closes_and_documents(page: Page, keys: Keyboard, case: str) -> None:
    await _press(page, "m")
    await expect(page.locator("#composer-text")).to_be_focused()
    await page.keyboard.type("Hej Tage! Drick varmt och vila.")
    await _press(page, "Control+Enter")
    await expect(page.locator("#thread")).to_contain_text("Drick varmt och vila.")
    await _press(page, "Escape")
    await _open(page, "a a", f"**/clinic/cases/{case}/closings")
    await keys.choose("reason", "advice")
    await page.keyboard.press("1")
    await film(page, "k13", "4-closes")
    await keys.to("Avsluta ärendet", tag="button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/clinic/ledger*")
    await page.goto(page.url.partition("/clinic/")[0] + f"/clinic/cases/{case}")
    await _ready(page)
    await _open(page, "a j", f"**/clinic/cases/{case}/record")
    await keys.to("Klar: dokumenterat", tag="button")
    await film(page, "k13", "5-documents")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/clinic/document*")


async def test_the_number_more_hints_and_the_end_of_the_day_are_a_key_away_in_a_case(
    windows: Windows, shift: Shift
) -> None:
    await shift.arrives(2, "hosta", "Hostan vill inte ge med sig", waited=30, by="lively_siv")
    page = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await _open(page, "n", "**/clinic/cases/*")
    await _ready(page)
    case = page.url
    await _press(page, "a i")
    await expect(page.locator("#number-copied")).to_have_text("Personnumret är kopierat")
    assert re.fullmatch(r"\d{8}-\d{4}", await page.evaluate("navigator.clipboard.readText()"))
    await _press(page, "m")
    await page.keyboard.type("Tyvärr kan vi inte ge dig en tid nu, kom 2026-01-05 kl 9-10 :)")
    hints = page.locator(".lj-tone-hints li")
    await expect(hints).to_have_count(1)
    await _press(page, "Alt+t")
    await expect(hints).not_to_have_count(1)
    await expect(page.locator("#composer-text")).to_be_focused()
    await page.locator("#composer-text").fill("")
    await _press(page, "Escape")
    await _open(page, "g d", "**/clinic/leaving")
    await _open(page, "g h", "**/clinic/support")
    await page.goto(case)
    await _ready(page)
    await page.get_by_role("button", name="Släpp").click()
