"""To be called, to say how it went, and to ask the support: pressed in a browser, from both sides."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.pictures import film
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import Intake, write_in

_JOURNEY = "being-called"


async def test_she_is_called_and_says_afterwards_how_it_went(windows: Windows) -> None:
    windows.watch.expect("status of 422")
    tage = await windows.resident("Tage Holm", PHONE)
    case = await write_in(tage, facts={"gen.fever": "yes", "gen.duration_days": "4"})
    await tage.goto(f"{windows.url}/cases/{case}")
    await tage.get_by_text("Vill du hellre bli uppringd?").tap()
    form = tage.locator("#call form")
    await form.locator("#phone").fill("070-174 06 05")
    await form.get_by_role("button", name="Be dem ringa mig").tap()
    await expect(tage.locator("#error-summary")).to_be_focused()
    assert await tage.locator("#phone").input_value() == "070-174 06 05"
    await film(tage, _JOURNEY, "1-no-time", whole=True)
    await tage.locator("#call .lj-choices label").first.tap()
    await tage.get_by_role("button", name="Be dem ringa mig").tap()
    await expect(tage.get_by_role("heading", name="Vårdenheten ringer dig")).to_be_visible()
    await film(tage, _JOURNEY, "2-waits", whole=True)
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await film(karin, _JOURNEY, "3-ledger")
    await expect(karin.locator(f"#case-{case}")).to_contain_text("Ring upp")
    await karin.get_by_role("link", name=re.compile("Vill bli uppringd")).click()
    await film(karin, _JOURNEY, "4-list")
    await karin.goto(f"{windows.url}/clinic/cases/{case}")
    await karin.get_by_role("button", name="Ta emot").first.click()
    await karin.locator("#case-call-settle > summary").click()
    await film(karin, _JOURNEY, "5-case")
    await karin.get_by_role("button", name="Ringde, nådde inte").click()
    await expect(tage.get_by_text("Vi ringde dig och nådde dig inte").first).to_be_visible()
    await karin.locator("#case-call-settle > summary").click()
    await karin.get_by_role("button", name="Ringde, nådde", exact=True).click()
    await expect(tage.get_by_text("och ni talades vid").first).to_be_visible()
    await karin.goto(f"{windows.url}/clinic/cases/{case}/closings")
    await karin.locator("input[name=reason][value=other_way]").check()
    await karin.locator("form[action$='/closings'] button[type=submit]").last.click()
    await karin.wait_for_url(lambda url: not url.endswith("/closings"))
    await tage.goto(f"{windows.url}/cases/{case}")
    await film(tage, _JOURNEY, "6-asked", whole=True)
    await tage.locator("#rating").get_by_text("Delvis").tap()
    await tage.locator("#rating textarea").fill("Det gick fort")
    await tage.get_by_role("button", name="Skicka svaret").tap()
    await expect(tage.get_by_text("Tack. Du svarade: Delvis.")).to_be_visible()
    await film(tage, _JOURNEY, "7-thanked", whole=True)


async def test_on_the_last_page_before_sending(windows: Windows) -> None:
    windows.watch.expect("status of 422")
    page = await windows.resident("Gustav Öberg", PHONE)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write()
    await intake.answer({"gen.fever": "yes", "gen.duration_days": "4", "pain.severity": "4"})
    await intake.to_check()
    await page.get_by_text("Vill du hellre bli uppringd?").tap()
    await page.get_by_text("Ja, ring mig i stället").tap()
    await film(page, _JOURNEY, "8-check", whole=True)
    await page.locator("#phone").fill("112")
    await page.get_by_role("button", name="Skicka").last.tap()
    await expect(page.locator("#error-summary")).to_be_visible()
    await page.locator("#phone").fill("070-174 06 05")
    await page.locator("#times .lj-choices label").first.tap()
    await page.get_by_role("button", name="Skicka").last.tap()
    await page.wait_for_url("**/receipt")
    await page.goto(page.url.replace("/intakes/", "/cases/").replace("/receipt", ""))
    await expect(page.get_by_role("heading", name="Vårdenheten ringer dig")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
async def test_the_support_is_asked_before_signing_in(windows: Windows, script: bool) -> None:
    windows.watch.expect("status of 422")
    page = await windows.open(PHONE, java_script_enabled=script)
    await page.goto(f"{windows.url}/support")
    if script:
        await film(page, _JOURNEY, "9-support", whole=True)
    await page.get_by_label("Logga in", exact=True).check()
    await page.locator("#text").fill("Jag har ont i bröstet och svårt att andas")
    await page.get_by_label("E-post", exact=True).check()
    await page.locator("#reach").fill("nils@exempel.se")
    await page.get_by_role("button", name="Skicka till supporten").tap()
    await expect(page.get_by_text("Ring 112 nu om det är så")).to_be_visible()
    if script:
        await film(page, _JOURNEY, "10-danger", whole=True)
    await page.get_by_role("button", name="Skicka till supporten ändå").tap()
    await expect(page.get_by_text("Supporten har fått det du skrev")).to_be_visible()
