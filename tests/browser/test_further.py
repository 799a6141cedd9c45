"""Fler frågor in two windows: staff send questions in the talk, and the patient answers them on a phone."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser.pictures import film
from tests.browser.shift import Shift, nurse_at, take_from
from tests.browser.test_accessibility import Looker, look
from tests.browser.windows import DESKTOP, PHONE, Windows

__all__ = ["look"]


async def test_the_patient_answers_further_questions_on_a_phone(windows: Windows, look: Looker, shift: Shift) -> None:
    case_id = await shift.arrives(4, "hosta", "Jag hostar", by="lively_selma")
    ulf = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    await take_from(ulf, case_id)
    case = f"{windows.url}/clinic/cases/{case_id}"
    await ulf.goto(case)
    await ulf.keyboard.press("Escape")
    await ulf.keyboard.press("a")
    await ulf.keyboard.press("q")
    await ulf.wait_for_url("**/further-questions")
    await ulf.select_option("#reason", "halsont")
    await ulf.get_by_label("Patienten, på sina sidor").check()
    await look(ulf)
    await ulf.get_by_role("button", name="Nästa").click()
    await ulf.wait_for_url(case)
    patient = await windows.resident("Selma Lund", PHONE)
    await patient.goto(f"{windows.url}/cases/{case_id}")
    await expect(patient.get_by_text("Vården har några frågor till dig.")).to_be_visible()
    await look(patient)
    await film(patient, "further", "card")
    await patient.get_by_role("link", name="Svara på frågorna").click()
    await patient.wait_for_url("**/further-questions/*")
    await look(patient)
    await film(patient, "further", "question")
    await _answer_all(patient)
    await expect(patient.get_by_text("Du har svarat. Vården läser dina svar.")).to_be_visible()
    await expect(ulf.locator("#case-further")).to_contain_text("Besvarat på patientens sidor")
    await look(ulf)
    await film(ulf, "further", "answered")


async def _answer_all(page: Page) -> None:
    """Say no, or that it is not known, to everything."""
    for _ in range(40):
        if re.search(r"/cases/[0-9a-f-]+$", page.url):
            return
        for box in await page.locator("input[name=none], input[name$='.unknown']").all():
            await box.check(force=True)
        for radio in await page.locator("input[type=radio][value=no]").all():
            await radio.check(force=True)
        for group in await page.locator("fieldset:not(:has(input:checked)):has(input[type=radio])").all():
            await group.locator("input[type=radio]").last.check(force=True)
        await page.get_by_role("button", name="Fortsätt").last.click()
        await page.wait_for_load_state()
    raise AssertionError("the questions do not end")
