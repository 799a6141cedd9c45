"""Phrases in the nurse's box: found by the slash and a few letters, filled in by Tab, never sent half filled in."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.talking import close, take
from tests.browser.test_accessibility import Looker
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow
from tests.browser.writing_in import ask


async def _begun(windows: Windows, name: str, size: dict[str, object] = DESKTOP) -> tuple[Page, str]:
    """Karin at the box of a case that a resident has just sent."""
    resident = await windows.resident(name, PHONE)
    case = await ask(resident, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", size)
    await take(karin, case)
    return karin, case


async def _selected(page: Page) -> str:
    return str(await page.evaluate("() => { const b = document.getElementById('composer-text');"
                                   " return b.value.slice(b.selectionStart, b.selectionEnd); }"))  # fmt: skip


async def test_a_phrase_is_found_by_slash_filled_in_by_tab_and_sent_by_keyboard_alone(windows: Windows) -> None:
    karin, _ = await _begun(windows, "Siv Molin")
    box, found = karin.locator("#composer-text"), karin.locator("#phrases-found")
    await box.focus()
    await karin.keyboard.type("Hej Siv! /tid")
    search = karin.get_by_role("combobox", name="Sök bland fraserna")
    await expect(search).to_be_focused()
    await expect(search).to_have_value("tid")
    await expect(found.get_by_role("option", selected=True)).to_contain_text("Tid är bokad")
    active = await search.get_attribute("aria-activedescendant")
    await expect(karin.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    await karin.keyboard.press("ArrowDown")
    assert await search.get_attribute("aria-activedescendant") != active
    await karin.keyboard.press("ArrowUp")
    await karin.keyboard.press("Enter")
    await expect(box).to_be_focused()
    await expect(box).to_have_value(
        "Hej Siv! Välkommen till oss den [datum] [tid]. Du träffar [yrkesroll] på [mottagning]. Passar tiden inte,"
        " skriv till mig här så hittar vi en ny."
    )
    await expect(karin.locator("#phrases-news")).to_contain_text("Fyll i: [datum], [tid]")
    await _fill_in(karin)
    await expect(karin.locator("#draft-state")).to_have_text("Sparat utkast")
    await karin.keyboard.press("Control+Enter")
    await expect(karin.locator("#thread .lj-bubble--mine")).to_contain_text("den 15 maj 2023 kl. 09.00. Du träffar")
    await close(karin, "Kontakten togs på annat sätt")


async def _fill_in(karin: Page) -> None:
    """Field by field; in the middle it is tried to send, which leads to the first that is open."""
    assert await _selected(karin) == "[datum]"
    await karin.keyboard.type("15 maj 2023")
    await karin.keyboard.press("Tab")
    assert await _selected(karin) == "[tid]"
    await karin.keyboard.press("Tab")
    assert await _selected(karin) == "[yrkesroll]"
    await karin.keyboard.type("en läkare")
    await karin.keyboard.press("Control+Enter")
    await expect(karin.locator("#composer-error")).to_have_text("Fyll i [tid] innan du skickar")
    await expect(karin.locator("#thread .lj-bubble--mine")).to_have_count(0)
    assert await _selected(karin) == "[tid]"
    await karin.keyboard.type("kl. 09.00")
    await karin.keyboard.press("Tab")
    assert await _selected(karin) == "[mottagning]"
    await karin.keyboard.press("Tab")
    await karin.keyboard.press("Tab")  # past "Åtgärd"
    await expect(karin.locator("#phrases-open")).to_be_focused()
    await karin.keyboard.press("Shift+Tab")
    await karin.keyboard.press("Shift+Tab")
    await expect(karin.locator("#composer-text")).to_be_focused()
    assert await _selected(karin) == "[mottagning]"
    await karin.keyboard.type("Ankaret")


async def test_a_slash_of_one_s_own_stays_and_esc_takes_a_search_away(windows: Windows) -> None:
    karin, _ = await _begun(windows, "Valter Ros")
    box, panel = karin.locator("#composer-text"), karin.locator("#phrases")
    await box.focus()
    await karin.keyboard.type("Ta 1 / 2 tablett och/eller vila.")
    await expect(box).to_have_value("Ta 1 / 2 tablett och/eller vila.")
    await expect(panel).to_be_hidden()
    await karin.keyboard.type(" /xyzåäö")
    await expect(karin.locator("#phrases-state")).to_contain_text("Ingen fras passar")
    await karin.keyboard.press("Enter")
    await expect(panel).to_be_visible()
    await karin.keyboard.press("Escape")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("Ta 1 / 2 tablett och/eller vila. ")
    await box.fill("")
    await karin.keyboard.type("/")
    await expect(panel).to_be_visible()
    await karin.keyboard.press("Backspace")
    await expect(panel).to_be_hidden()
    await expect(box).to_have_value("")
    await karin.keyboard.type("/tack")
    await karin.keyboard.press("Enter")
    await karin.keyboard.press("Control+z")
    await expect(box).to_have_value("/")
    await box.fill("")
    await close(karin, "Kontakten togs på annat sätt")


async def test_what_was_used_comes_first_next_time_and_works_by_touch_on_a_phone(windows: Windows) -> None:
    karin, _ = await _begun(windows, "Ingrid Åkesson", PHONE)
    box, options = karin.locator("#composer-text"), karin.locator("#phrases-found").get_by_role("option")
    await karin.get_by_role("button", name="Fraser").tap()
    await expect(options.nth(3)).to_be_visible()
    assert await scroll_overflow(karin) == 0
    await karin.get_by_role("combobox", name="Sök bland fraserna").fill("fortsatt")
    await expect(options).to_have_count(1)
    await options.first.tap()
    await expect(box).to_have_value("Du kan svara när det passar dig under de närmaste [antal dagar] dagarna. Jag läser"
                                    " det du skriver när vi har öppet och svarar så snart jag kan.")  # fmt: skip
    assert await _selected(karin) == "[antal dagar]"
    await box.fill("")
    await karin.reload()
    await expect(karin.locator("#chat[data-ready]")).to_be_visible()
    await karin.get_by_role("button", name="Fraser").tap()
    await expect(options.first).to_contain_text("Fortsätt i lugn och ro")
    await karin.keyboard.press("Escape")
    await close(karin, "Kontakten togs på annat sätt")


async def test_without_javascript_the_same_list_is_a_page(windows: Windows) -> None:
    windows.watch.expect("status of 422")
    karin, case = await _begun(windows, "Selma Lund")
    plain = await windows.nurse("Karin Lindqvist", DESKTOP, java_script_enabled=False)
    await plain.goto(f"{windows.url}/clinic/cases/{case}")
    await plain.locator("#composer").get_by_role("link", name="Fraser").click()
    await plain.wait_for_url("**/phrases")
    await plain.get_by_role("button", name="Läkare tittar på det").click()
    box = plain.locator("#composer-text")
    await expect(box).to_have_value("Jag frågar en läkare hos oss och återkommer till dig här senast [datum] [tid].")
    await plain.locator("#composer button[type=submit]").click()
    await expect(plain.locator("#composer-error")).to_contain_text("inom hakparenteser")
    await box.fill("Jag återkommer till dig här senast den 15 maj 2023 kl. 09.00.")
    await plain.locator("#composer button[type=submit]").click()
    await expect(karin.locator("#thread .lj-bubble--mine")).to_contain_text("senast den 15 maj 2023")
    await close(karin, "Kontakten togs på annat sätt")


async def test_axe_finds_nothing_where_phrases_are_chosen_and_kept(windows: Windows) -> None:
    look = Looker()
    karin, case = await _begun(windows, "Tage Holm")
    await karin.locator("#composer-text").focus()
    await karin.keyboard.type("/")
    await expect(karin.locator("#phrases-found li").first).to_be_visible()
    await look(karin)
    await karin.keyboard.press("Escape")
    await karin.set_viewport_size({"width": 320, "height": 640})
    for path in ("/clinic/phrases", "/clinic/phrases/new", f"/clinic/cases/{case}/phrases"):
        await karin.goto(windows.url + path)
        await look(karin)
    await karin.goto(f"{windows.url}/clinic/cases/{case}")
    await karin.locator("#composer-text").fill("")
    await close(karin, "Kontakten togs på annat sätt")
    assert not look.found, "\n".join(look.found)
