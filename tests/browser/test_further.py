"""Fler frågor in two windows: staff send questions in the talk, and the patient answers them on a phone."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from linjen.demo.running import Demo
from linjen.demo.world import id_of
from tests.browser.pictures import film
from tests.browser.test_accessibility import Looker, look
from tests.browser.windows import DESKTOP, PHONE, Windows

__all__ = ["look"]

_HELD = """
select c.id, r.given_name || ' ' || r.surname as name from cases c join visits v on v.id = c.visit_id
join residents r on r.id = c.patient_id
where v.state = 'in_progress' and v.holder_id = $1 and c.entry = 'symptom' and c.opened_by = c.patient_id
order by c.sent_at limit 1
"""


async def test_the_patient_answers_further_questions_on_a_phone(
    windows: Windows, look: Looker, demo: Demo
) -> None:  # fmt: skip
    row = await demo.site.database.fetch_row(_HELD, id_of("staff/karin"))
    assert row is not None
    case = f"{windows.url}/clinic/cases/{row['id']}"
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await karin.goto(case)
    await karin.keyboard.press("Escape")
    await karin.keyboard.press("a")
    await karin.keyboard.press("q")
    await karin.wait_for_url("**/further-questions")
    await karin.select_option("#reason", "halsont")
    await karin.get_by_label("Patienten, på sina sidor").check()
    await look(karin)
    await karin.get_by_role("button", name="Nästa").click()
    await karin.wait_for_url(case)
    patient = await windows.resident(row["name"], PHONE)
    await patient.goto(f"{windows.url}/cases/{row['id']}")
    await expect(patient.get_by_text("Vården har några frågor till dig.")).to_be_visible()
    await look(patient)
    await film(patient, "further", "card")
    await patient.get_by_role("link", name="Svara på frågorna").click()
    await patient.wait_for_url("**/further-questions/*")
    await look(patient)
    await film(patient, "further", "question")
    await _answer_all(patient)
    await expect(patient.get_by_text("Du har svarat. Vården läser dina svar.")).to_be_visible()
    await expect(karin.locator("#case-further")).to_contain_text("Besvarat på patientens sidor")
    await look(karin)
    await film(karin, "further", "answered")


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
