"""Innan du går: what the patient is told follows what is chosen for her case, until it is changed by hand."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.talking import take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask


async def test_the_text_follows_the_choice_until_it_is_changed_by_hand(windows: Windows) -> None:
    resident = await windows.resident("Rut Engman", PHONE)
    case = await ask(resident, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await karin.goto(f"{windows.url}/clinic/leaving?out=1")
    box = karin.locator(f"#tell-{case}")

    async def choose(choice: str) -> None:
        await karin.locator(f"[name='do-{case}'][value='{choice}']").check()

    await expect(karin.locator(f"[name='do-{case}']:checked")).to_have_value("queue")
    back = await box.input_value()
    assert "En kollega" in back
    await choose("async")
    assert "Du får svar av mig senast" in await box.input_value()
    await choose("stay")
    await expect(box).to_have_value("")
    await choose("queue")
    await expect(box).to_have_value(back)
    await box.fill("Jag ringer dig i morgon.")
    await choose("async")
    await expect(box).to_have_value("Jag ringer dig i morgon.")
    await box.fill("")
    await choose("queue")
    await expect(box).to_have_value("")
