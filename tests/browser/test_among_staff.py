"""Kollegor emellan in a browser (K7): a nurse asks a physician, who answers; each page by axe and at 320 pixels."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.pictures import film
from tests.browser.test_accessibility import SMALL, Looker, look
from tests.browser.windows import DESKTOP, Windows

__all__ = ["look"]

_NOTE = "Kan du läsa det här före klockan tre?"


async def test_k7_a_nurse_asks_a_physician_who_answers(windows: Windows, look: Looker) -> None:
    windows.watch.expect("status of 422")
    karin, sara = await windows.nurse("Karin Lindqvist", DESKTOP), await windows.nurse("Sara Ahmadi", SMALL)
    await karin.goto(f"{windows.url}/clinic/mine")
    await karin.locator("#ledger-held a").first.click()
    await karin.locator("#attestation-ask summary").click()
    await karin.locator("#attest_note").fill(_NOTE)
    await karin.locator("#attestation-ask").get_by_role("button", name="Begär vidimering").click()
    await expect(karin.locator("#error-summary")).to_contain_text("Välj vem som ska vidimera")
    await look(karin)
    await karin.locator("#attest_to").select_option(label="Sara Ahmadi, läkare")
    await karin.get_by_role("button", name="Begär vidimering").click()
    await expect(karin.locator("#case-attestations")).to_contain_text(_NOTE)
    await film(karin, "k7", "1-asked")
    case = re.search(r"/clinic/cases/[0-9a-f-]+", karin.url)
    assert case is not None
    await karin.keyboard.press("a")
    await karin.keyboard.press("d")
    await expect(karin.locator("#invite-ask summary")).to_be_focused()
    await look(karin)
    await karin.locator("#invite").select_option(label="Sara Ahmadi, läkare")
    await karin.get_by_role("button", name="Bjud in", exact=True).click()
    await expect(karin.locator("#case-invited")).to_contain_text("Sara Ahmadi, läkare")
    for path in ("/clinic/attestations", "/clinic/attestations/mine", "/clinic/mentions",
                 f"{case[0]}/invitations", f"{case[0]}/notes"):  # fmt: skip
        await sara.goto(windows.url + path)
        await look(sara)
    await sara.goto(windows.url + case[0])
    await look(sara)
    await film(sara, "k7", "2-read-by-the-physician")
    mine = sara.locator("#case-attestations li", has_text=_NOTE)
    for name in ("Följ upp senare", "Skicka vidare", "Vidimera"):
        await mine.get_by_role("link", name=name, exact=True).click()
        await look(sara)
        if name != "Vidimera":
            await sara.get_by_role("link", name="Tillbaka till ärendet").click()
    await sara.locator("#comment").fill("Fortsätt som du har tänkt")
    await film(sara, "k7", "3-attests", whole=True)
    await sara.get_by_role("button", name="Vidimera").click()
    await expect(karin.locator("#case-attestations")).to_contain_text("Fortsätt som du har tänkt")
    await film(karin, "k7", "4-answered")
