"""A case with a talk on a phone: its last message and the box to write in come first, 112 stays, nothing is hidden."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.talking import say, take
from tests.browser.test_resident_pages import TALL_PHONE
from tests.browser.windows import DESKTOP, Windows
from tests.browser.writing_in import write_in

#: The height of the window less the tab bar, in px.
_SEEN = 844 - 61


async def _talk(windows: Windows) -> tuple[Page, Page, str]:
    """(resident, nurse, the case's id): five messages, all of them read."""
    resident = await windows.resident("Tage Holm", TALL_PHONE)
    case = await write_in(resident, facts={"gen.fever": "yes", "gen.duration_days": "4"})
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(nurse, case)
    await resident.goto(f"{windows.url}/cases/{case}")
    for number in range(2):
        await say(nurse, f"Fråga {number + 1}: hur mår du nu?")
        await say(resident, f"Svar {number + 1}: ungefär som förut.")
    await expect(nurse.locator("#thread [data-mark]").last).to_have_text("Läst")
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_attached()
    return resident, nurse, case


async def _place(page: Page, selector: str) -> tuple[float, float]:
    """Where the last such element begins and ends in the window, in px."""
    box = await page.locator(selector).last.bounding_box()
    assert box is not None, selector
    return box["y"], box["y"] + box["height"]


async def test_the_last_message_and_the_box_are_seen_when_the_page_opens(windows: Windows) -> None:
    resident, nurse, _ = await _talk(windows)
    assert (await _place(resident, "#thread > .lj-bubble"))[1] < _SEEN
    assert (await _place(resident, "#composer-text"))[0] < _SEEN
    await expect(resident.locator("#case-status a[href='tel:112']")).to_be_visible()
    await expect(resident.locator("#case-more")).not_to_have_attribute("open", "")
    assert await resident.locator("#thread > .lj-bubble").count() == 2
    fold = resident.locator(".lj-earlier summary")
    await expect(fold).to_have_text("Tidigare meddelanden (3)")
    await fold.tap()
    await expect(resident.locator("#thread .lj-bubble:visible")).to_have_count(5)
    await say(nurse, "En sak till.")
    await expect(resident.locator("#thread > .lj-bubble").last).to_contain_text("En sak till.")
    await expect(resident.locator("#thread .lj-bubble")).to_have_count(6)


async def test_danger_is_told_with_112_in_the_first_view_and_in_few_lines(windows: Windows) -> None:
    resident, _, case = await _talk(windows)
    await say(resident, "Nu har jag jätteont i bröstet")
    await expect(resident.locator("#case-status .lj-danger")).to_be_visible()
    await resident.goto(f"{windows.url}/cases/{case}")
    top, bottom = await _place(resident, "#case-status .lj-danger")
    assert bottom - top < 210
    assert (await _place(resident, "#case-status .lj-danger a[href='tel:112']"))[1] < 844 / 2
    assert (await _place(resident, "#case-status form[action*='/alarms/']"))[1] < _SEEN


async def test_the_notice_of_a_new_message_covers_none(windows: Windows) -> None:
    resident, nurse, case = await _talk(windows)
    await resident.goto(f"{windows.url}/home")
    button = resident.locator("#newer button")
    for line in range(3):
        await say(nurse, f"Råd {line + 1}.\nDrick ofta.\nSov gott.\nHör av dig igen på fredag.\nKarin")
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(button).to_be_visible()
    bar_top, bar_bottom = await _place(resident, "#newer")
    assert (bar_top, bar_bottom) == (_SEEN - (bar_bottom - bar_top), _SEEN), "apart it is one with the bar of tabs"
    assert await resident.locator("#newer").evaluate("one => one.getBoundingClientRect().width") == 390
    height = await resident.evaluate("document.querySelector('.lj-talk-row').getBoundingClientRect().height")
    await resident.locator(".lj-talk-row").scroll_into_view_if_needed()
    assert await resident.evaluate("document.querySelector('.lj-talk-row').getBoundingClientRect().height") == height
    row, last = await _place(resident, ".lj-talk-row"), await _place(resident, "#thread > .lj-bubble")
    assert row[0] >= last[1], "the row of the notice begins where the talk ends"


async def test_what_stands_behind_the_bar_of_tabs_has_not_been_read(windows: Windows) -> None:
    resident, nurse, _ = await _talk(windows)
    await resident.evaluate("document.querySelector('main').style.paddingTop = '1000px'; window.scrollTo(0, 0)")
    text = "Drick lite och ofta. " * 9
    await say(nurse, text)
    bubble = resident.locator("#thread > .lj-bubble--theirs", has_text="Drick lite och ofta")
    await expect(bubble).to_be_attached()
    bar = "document.querySelector('.lj-tabbar').getBoundingClientRect().top"
    above = f"(el, px) => window.scrollBy(0, el.getBoundingClientRect().top - ({bar} - px))"
    await bubble.evaluate(above, 60)
    await resident.wait_for_timeout(900)
    mark = nurse.locator("#thread .lj-bubble--mine [data-mark]").last
    await expect(mark).to_have_text("Levererat")
    await bubble.evaluate(above, 180)
    await expect(mark).to_have_text("Läst")


async def test_on_paper_nothing_is_folded_away(windows: Windows) -> None:
    resident, _, case = await _talk(windows)
    await resident.goto(f"{windows.url}/cases/{case}")
    for heading, inside in (("Det här har du svarat", ".lj-pairs"), ("Samtycken", ".lj-consents")):
        fold = resident.locator("details", has_text=heading).last
        await expect(fold).not_to_have_attribute("open", "")
        await resident.emulate_media(media="print")
        assert (await fold.locator(inside).bounding_box() or {"height": 0})["height"] > 20, heading
        await resident.emulate_media(media="screen")
    await resident.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert await resident.locator("main details:not([open])").count() == 0
    await resident.evaluate("dispatchEvent(new Event('afterprint'))")
    assert await resident.locator("main details:not([open])").count()
