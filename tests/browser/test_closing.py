"""The end of a case in two windows: the action that is confirmed, the close, the note that is copied, the reply."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.talking import close, take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask


async def test_an_action_is_confirmed_live_and_the_note_is_copied_with_one_press(windows: Windows) -> None:
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept på hostmedicin.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    await take(karin, case)
    await gustav.goto(f"{windows.url}/cases/{case}")
    await expect(gustav.locator("#chat[data-ready]")).to_be_visible()
    await karin.get_by_role("link", name="Åtgärd", exact=True).click()
    await karin.get_by_label("Recept", exact=True).check()
    await karin.locator("#text").fill("Receptet är förnyat och finns på apoteket.")
    await karin.get_by_role("button", name="Skicka åtgärden").click()
    await expect(karin.locator(".lj-action-waits")).to_contain_text("Väntar på att patienten bekräftar")
    await expect(gustav.locator(".lj-action-waits")).to_be_visible()
    await gustav.get_by_role("link", name="Visa åtgärden").click()
    await gustav.get_by_role("button", name="Jag har läst").click()
    await expect(gustav.locator(".lj-action-card")).to_contain_text("Läst och bekräftat")
    await expect(karin.locator(".lj-action-card")).to_contain_text("Gustav Öberg har bekräftat")

    await close(karin, "Recept eller annan åtgärd är ordnad")
    await karin.goto(f"{windows.url}/clinic/cases/{case}/record")
    await karin.get_by_label("Ta med Diagnos").check()
    await karin.locator("#text_diagnosis").fill("Z76.0 Receptförskrivning")
    await karin.get_by_label("Ta med Aktuellt").uncheck()
    whole = karin.locator("#record-whole")
    await karin.get_by_role("button", name="Kopiera hela anteckningen").click()
    await expect(karin.locator("#copied")).to_have_text("Kopierat")
    copied = await karin.evaluate("navigator.clipboard.readText()")
    assert copied == await whole.input_value()
    assert "Diagnos\nZ76.0 Receptförskrivning" in copied
    assert "Aktuellt" not in copied
    assert "Recept: Receptet är förnyat" in copied
    await karin.get_by_role("button", name="Spara utkast").click()
    await expect(karin.get_by_text("Utkastet är sparat")).to_be_visible()
    assert await karin.locator("#record-whole").input_value() == copied, (
        "the server puts it together as the script does"
    )
    await karin.get_by_role("button", name="Klar: dokumenterat").click()
    await expect(karin.get_by_text("Ärendet är dokumenterat")).to_be_visible()

    await gustav.locator("#reply-text").fill("Det finns inte på apoteket.")
    await gustav.get_by_role("button", name="Skicka och öppna ärendet igen").click()
    await expect(gustav.locator("#thread")).to_contain_text("Det finns inte på apoteket.")
    await expect(gustav.locator("#case-status")).to_contain_text("Väntar på svar")


async def test_a_picture_is_zoomed_and_turned_by_keys_and_by_buttons(windows: Windows) -> None:
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await karin.goto(f"{windows.url}/clinic/ledger/unit")
    await karin.get_by_role("link", name="Utslag").first.click()
    page = await karin.locator(".lj-thumbs a").first.get_attribute("href")
    await karin.goto(f"{windows.url}{page}")
    stage, box = karin.locator(".lj-stage-set"), karin.locator("[data-viewer]")
    await expect(stage).to_be_visible()
    before = await stage.bounding_box()
    await karin.get_by_role("button", name="Zooma in").click()
    zoomed = await stage.bounding_box()
    assert before
    assert zoomed
    assert zoomed["width"] > before["width"] * 1.4
    await box.focus()
    await box.press("r")
    turned = await stage.bounding_box()
    assert turned
    assert abs(turned["width"] / turned["height"] - before["height"] / before["width"]) < 0.02
    await box.press("0")
    reset = await stage.bounding_box()
    assert reset
    assert (reset["width"], reset["height"]) == (before["width"], before["height"])
