"""A message that comes outside what is seen: a quiet button leads there, nothing moves, and the end is followed."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.talking import say, take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask

_LONG = "Så här gör du. Ta det lugnt i några dagar.\nDrick ofta.\nSov gott.\nHör av dig igen på fredag.\nKarin"


async def _talk(windows: Windows, size: dict[str, Any], many: int = 4) -> tuple[Page, Page, str]:
    """A talk of so many long messages of the nurse's, in two windows: (resident, nurse, the case's id)."""
    resident = await windows.resident("Gustav Öberg", size)
    case = await ask(resident, "Hur förnyar jag mitt intyg?")
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(nurse, case)
    for number in range(many):
        await say(nurse, f"{number + 1}. {_LONG}")
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_attached()
    return resident, nurse, case


async def _top(page: Page, selector: str) -> float:
    """Where the first such element stands in the window, in px."""
    return float(await page.locator(selector).first.evaluate("one => one.getBoundingClientRect().top"))


async def _is_in_sight(page: Page, text: str) -> bool:
    """Whether the bubble with this text stands wholly or mostly within the window."""
    middle = await page.locator("#thread .lj-bubble", has_text=text).evaluate(
        "one => { const { top, bottom } = one.getBoundingClientRect(); return (top + bottom) / 2; }"
    )
    return 0 < float(middle) < float(await page.evaluate("innerHeight"))


async def test_a_message_below_the_fold_is_told_and_led_to_without_moving_what_is_read(windows: Windows) -> None:
    resident, nurse, _ = await _talk(windows, PHONE)
    await resident.evaluate("scrollTo(0, 0)")
    button = resident.locator("#newer button")
    await expect(button).to_have_text("4 nya meddelanden")
    before = await _top(resident, "h1")
    await say(nurse, "Här är mitt svar.")
    await expect(button).to_have_text("5 nya meddelanden")
    await expect(resident.locator("#thread-news")).to_contain_text("Nytt meddelande från Karin Lindqvist")
    await expect(resident.locator("#thread-news")).to_have_attribute("role", "status")
    assert await _top(resident, "h1") == before
    assert await resident.evaluate("document.activeElement === document.body")
    for _ in range(6):
        if await button.is_visible():
            await button.tap()
            await resident.wait_for_timeout(200)
    await expect(button).to_be_hidden()
    assert await _is_in_sight(resident, "Här är mitt svar.")


async def test_the_button_goes_when_the_message_is_scrolled_into_view(windows: Windows) -> None:
    resident, nurse, _ = await _talk(windows, PHONE, many=2)
    await expect(resident.locator("#newer button")).to_have_text("2 nya meddelanden")
    await resident.locator("#composer").scroll_into_view_if_needed()
    await expect(resident.locator("#newer button")).to_be_hidden()
    await resident.evaluate("scrollTo(0, 0)")
    await say(nurse, "Ett till.")
    await expect(resident.locator("#newer button")).to_have_text("Nytt meddelande")
    await resident.locator("#composer").scroll_into_view_if_needed()
    await expect(resident.locator("#newer button")).to_be_hidden()
    await expect(nurse.locator("#thread [data-mark]").last).to_have_text("Läst")


async def test_the_page_follows_at_the_end_and_what_is_being_written_stays_where_it_is(windows: Windows) -> None:
    resident, nurse, _ = await _talk(windows, PHONE)
    await resident.locator("#composer-text").tap()
    await resident.locator("#composer-text").press_sequentially("Jag undrar")
    before = await _top(resident, "#composer-text")
    await say(nurse, "Här är mitt svar.")
    await expect(resident.locator("#thread")).to_contain_text("Här är mitt svar.")
    assert abs(await _top(resident, "#composer-text") - before) < 2
    assert await _is_in_sight(resident, "Här är mitt svar.")
    await expect(resident.locator("#newer button")).to_be_hidden()
    await expect(resident.locator("#composer-text")).to_be_focused()


async def test_the_nurse_reads_on_above_and_comes_down_by_keyboard(windows: Windows) -> None:
    resident, nurse, case = await _talk(windows, PHONE, many=8)
    await say(resident, "Tack!")
    await expect(nurse.locator("#thread")).to_contain_text("Tack!")
    await expect(nurse.locator("#newer button")).to_be_hidden()
    assert await nurse.evaluate("() => { const b = document.getElementById('thread-box');"
                                " return b.scrollHeight - b.scrollTop - b.clientHeight < 3; }")  # fmt: skip
    await nurse.locator("#thread-box").evaluate("box => { box.scrollTop = 0; }")
    await nurse.locator("#composer-text").focus()
    before = await _top(nurse, "#thread .lj-bubble"), await _top(nurse, "#composer-text")
    await say(resident, "En fråga till: gäller det alla dagar?")
    await expect(nurse.locator("#newer button")).to_have_text("Nytt meddelande")
    assert (await _top(nurse, "#thread .lj-bubble"), await _top(nurse, "#composer-text")) == before
    await expect(nurse.locator("#composer-text")).to_be_focused()
    await nurse.keyboard.press("Shift+Tab")  # to "Jag har öppnat journalen"
    await nurse.keyboard.press("Shift+Tab")
    await expect(nurse.locator("#newer button")).to_be_focused()
    await nurse.keyboard.press("Enter")
    await expect(nurse.locator("#newer button")).to_be_hidden()
    await expect(nurse.locator("#thread .lj-bubble", has_text="alla dagar")).to_be_focused()
    assert await nurse.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert case in nurse.url


async def test_a_hidden_window_says_in_its_title_how_many_wait_and_nothing_of_what_they_say(windows: Windows) -> None:
    resident, nurse, _ = await _talk(windows, PHONE, many=1)
    plain = await nurse.title()
    await nurse.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    await say(resident, "Det gäller mitt hemliga intyg.")
    await say(resident, "Och ett till.")
    await expect(nurse).to_have_title(f"(2) {plain}")
    await nurse.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    await nurse.bring_to_front()
    await expect(nurse).to_have_title(plain)
