"""Other ways through: an emergency, self-care, English, dark."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.pictures import take_picture
from tests.browser.talking import say, take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import Intake, write_in


async def test_a_life_threatening_answer_shows_112_at_once_and_keeps_the_draft(windows: Windows) -> None:
    resident = await windows.resident("Edvin Strand", PHONE)
    intake = await Intake(resident).begin()
    await (await intake.to_own_words()).write("Jag har ont i halsen")
    await intake.answer({"neuro.face_droop": "yes"})
    assert intake.place == "emergency"
    await expect(resident.get_by_role("alert")).to_contain_text("Ring 112 nu")
    await expect(resident.get_by_role("alert").locator("a[href='tel:112']")).to_be_in_viewport()
    await resident.goto(f"{windows.url}/home")
    await resident.get_by_role("main").get_by_role("link", name=re.compile("Fortsätt")).first.click()
    await expect(resident.get_by_role("heading", name="Ring 112 nu")).to_be_visible()
    await resident.goto(f"{windows.url}/intakes/{intake.case}/words")
    await expect(resident.locator("#text")).to_have_value("Jag har ont i halsen")


async def test_self_care_is_advice_with_a_way_on_to_staff(windows: Windows) -> None:
    resident = await windows.resident("Joel Sand", PHONE)
    intake = await Intake(resident).begin()
    await (await intake.to_own_words()).write("Jag har lite ont i halsen")
    await intake.answer()
    assert intake.place == "self-care"
    await expect(resident.get_by_role("button", name="Jag följer råden")).to_be_visible()
    await intake.to_check()
    case = await intake.send()
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await expect(karin.locator(f"#case-{case} .lj-urgency")).to_contain_text("5")


async def test_the_whole_way_can_be_read_in_english(windows: Windows) -> None:
    resident = await windows.resident("Nadja Falk", PHONE)

    async def look(page: Page) -> None:
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        text = await page.locator("body").inner_text()
        assert not re.search(r"\b(Fortsätt|Tillbaka|Skicka|Ring|Vet inte|ärende)\b", text), text

    try:
        await resident.get_by_role("button", name="English").click()
        await look(resident)
        intake = await Intake(resident, look).begin()
        await (await intake.to_own_words()).write("I have had a sore throat and fever for four days")
        await intake.answer({"gen.fever": "yes", "gen.duration_days": "4"})
        await intake.to_check()
        case = await intake.send()
        await resident.goto(f"{windows.url}/cases/{case}")
        await resident.get_by_text("What you have answered").click()
        await expect(resident.get_by_text("Do you have a fever")).to_be_visible()
        await look(resident)
        karin = await windows.nurse("Karin Lindqvist", DESKTOP)
        await take(karin, case)
        await say(karin, "Hello! How high is your fever?")
        await expect(resident.locator("#thread .lj-bubble__by").last).to_have_text("Karin Lindqvist, nurse")
        await expect(resident.locator("#thread")).to_contain_text("How high is your fever?")
    finally:
        await resident.get_by_role("button", name="Svenska").click()


async def test_who_wants_a_dark_screen_has_one_everywhere(windows: Windows) -> None:
    resident = await windows.resident("Tage Holm", PHONE, color_scheme="dark")

    async def is_dark(page: Page) -> None:
        colour = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert sum(int(part) for part in re.findall(r"\d+", colour)[:3]) < 200, f"{page.url} is {colour}"

    await is_dark(resident)
    await write_in(resident, "Hostat i två veckor, mest på natten", {"gen.duration_days": "14"})
    await is_dark(resident)
    await resident.goto(f"{windows.url}/home")
    await take_picture(resident, "dark-on-a-phone")
    bo = await windows.nurse("Bo Hellström", DESKTOP, color_scheme="dark")
    await is_dark(bo)
