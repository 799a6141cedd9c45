"""The resident's way in and the nurse's answer by keyboard alone."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.keys import Keyboard
from tests.browser.windows import DESKTOP, Windows
from tests.browser.writing_in import Intake, ask


async def _questions(page: Page, keys: Keyboard) -> None:
    intake = Intake(page)
    for _ in range(40):
        if intake.place != "questions":
            return
        await _one_page(page, keys)
        await keys.press("Fortsätt", tag="button")
    raise AssertionError("the interview does not end")


async def _one_page(page: Page, keys: Keyboard) -> None:
    """Choose in every group in the order in which the page has them."""
    offered: list[list[str]] = await page.evaluate(
        "() => [...document.querySelectorAll('main input[type=radio], main input[type=checkbox]')]"
        ".map((one) => [one.name, one.value, one.type])"
    )
    done: set[str] = set()
    for name, value, kind in offered:
        if name in done:
            continue
        done.add(name)
        values = [other for same, other, _ in offered if same == name]
        wanted = next(one for one in ("no", "unknown", value) if one in values)
        await keys.choose(name, value if kind == "checkbox" else wanted)


async def test_a_resident_writes_in_and_a_nurse_answers_by_keyboard(windows: Windows) -> None:
    page = await windows.resident("Siv Molin", DESKTOP)
    keys = Keyboard(page)
    await keys.press("Sök vård")
    await keys.press("Fortsätt", tag="button")
    await keys.choose("care_history", "allow")
    await keys.choose("medication_list", "refuse")
    await keys.press("Fortsätt", tag="button")
    await keys.press("Acceptera och fortsätt")
    await keys.write("Jag har lite ont i halsen", id="text")
    await keys.press("Fortsätt", tag="button")
    await keys.to(name="reasons")
    await page.keyboard.press("Space")
    await keys.press("Fortsätt", tag="button")
    await _questions(page, keys)
    await keys.press("Jag vill ha kontakt med vården")
    if Intake(page).place == "form":
        await _one_page(page, keys)
        await keys.press("Fortsätt", tag="button")
    await keys.press("Fortsätt utan bild")
    await keys.press("Fortsätt", tag="button")
    await keys.press("Skicka", tag="button")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Ditt ärende är skickat")
    await _answered(windows, Intake(page).case)


async def _answered(windows: Windows, case: str) -> None:
    page = await windows.nurse("Bo Hellström", DESKTOP)
    keys = Keyboard(page)
    await expect(page.locator(f"#case-{case}")).to_be_visible()
    await page.locator(f"#case-{case} a").focus()
    await keys.press("Ta emot", tag="button")
    await page.wait_for_url(f"**/clinic/cases/{case}*")
    await expect(page.locator("#chat[data-ready]")).to_be_visible()
    await keys.write("Hej Siv! Vila och drick varmt.", id="composer-text")
    await keys.to("Skicka", tag="button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#thread")).to_contain_text("Vila och drick varmt.")
    assert (await keys.look() or {}).get("id") == "composer-text", "the focus stays where one writes"
    await page.keyboard.type("Hör av dig igen om det blir värre.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#thread")).to_contain_text("Hör av dig igen")
    await page.evaluate("() => document.activeElement.blur()")
    await keys.press("Avsluta", tag="a")
    await keys.choose("reason", "advice")
    await _one_key_for_the_level(page)
    await keys.press("Avsluta ärendet", tag="button")
    await page.wait_for_url("**/clinic/ledger*")
    await expect(page.get_by_text("Ärendet är avslutat.")).to_be_visible()


async def _one_key_for_the_level(page: Page) -> None:
    """1, 2 or 3 says whether the triage's level was right, and is a figure like others where somebody writes."""
    chosen, why = page.locator("[name=verdict]:checked"), page.locator("#why")
    await expect(page.locator("#verdict-keys")).to_be_visible()
    await expect(chosen).to_have_count(0)
    await page.keyboard.press("Control+1")
    await expect(chosen).to_have_count(0)
    await page.keyboard.press("1")
    await expect(chosen).to_have_value("right")
    await expect(page.locator("#right_level")).to_be_hidden()
    await why.focus()
    await page.keyboard.type("3 dagar")
    await expect(why).to_have_value("3 dagar")
    await expect(chosen).to_have_value("right")
    await why.fill("")


async def test_no_page_holds_the_focus_or_hides_it(windows: Windows) -> None:
    resident = await windows.resident("Ingrid Åkesson", DESKTOP)
    case = await ask(resident, "Jag behöver ett nytt intyg.")
    for path in ("/home", "/cases", f"/cases/{case}", "/profile", "/profile/notices", "/support"):
        await resident.goto(windows.url + path)
        stops = await Keyboard(resident).walk_through()
        assert "Gå direkt till innehållet" in stops[0]
        assert len(stops) > 8
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    for path in ("/clinic/ledger", f"/clinic/cases/{case}", f"/clinic/cases/{case}/patient"):
        await karin.goto(windows.url + path)
        stops = await Keyboard(karin).walk_through()
        assert "Gå direkt till innehållet" in stops[0]


async def test_a_faulty_form_takes_the_focus_to_what_is_wrong(windows: Windows) -> None:
    windows.watch.expect("status of 422")
    page = await windows.resident("Ingrid Åkesson", DESKTOP)
    intake = await Intake(page).begin()
    await intake.to_own_words()
    keys = Keyboard(page)
    await keys.to("Fortsätt", tag="button")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    found = await keys.look()
    assert found and found["id"] == "error-summary", found
    assert (await page.title()).startswith("Fel:")
    link = await keys.tab()
    assert link and link["href"] == "#text"
    await page.keyboard.press("Enter")
    assert (await keys.look() or {}).get("id") == "text"
