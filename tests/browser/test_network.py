"""Bad connections: nothing that was written is lost, nothing is sent twice, and the page says how it is."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from linjen.demo.running import Demo
from tests.browser.pictures import film
from tests.browser.talking import close, say, take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask


async def _begun(windows: Windows, name: str) -> tuple[Page, Page, str]:
    """A resident and a nurse who have a case open between them."""
    resident = await windows.resident(name, PHONE)
    case = await ask(resident, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_visible()
    return resident, karin, case


async def test_what_is_written_without_a_connection_is_sent_once_when_it_is_back(windows: Windows) -> None:
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    resident, karin, _ = await _begun(windows, "Siv Molin")
    await resident.context.set_offline(True)
    await expect(resident.locator("#offline")).to_be_visible()
    await resident.locator("#composer-text").fill("Det är blodtrycksmedicinen.")
    await resident.locator("#composer button[type=submit]").click()
    bubble = resident.locator("#thread .lj-bubble--mine", has_text="blodtrycksmedicinen")
    await expect(bubble).to_contain_text("Inte skickat än")
    assert await karin.get_by_text("blodtrycksmedicinen").count() == 0
    await resident.context.set_offline(False)
    await expect(resident.locator("#offline")).to_be_hidden()
    await expect(bubble.locator("[data-mark]")).to_have_text("Läst")
    await expect(karin.locator("#thread li", has_text="blodtrycksmedicinen")).to_have_count(1)
    await resident.reload()
    await expect(bubble).to_have_count(1)
    await close(karin, "Råd och egenvård")


async def test_k12_a_nurse_loses_the_network_in_the_middle_of_a_sentence(windows: Windows, demo: Demo) -> None:
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    resident, karin, _ = await _begun(windows, "Valter Ros")
    box = karin.locator("#composer-text")
    await box.press_sequentially("Hej Valter! Jag förnyar")
    await expect(karin.locator("#draft-state")).to_have_text("Sparat utkast")
    await karin.context.set_offline(True)
    demo.site.hub.end_streams()  # a browser that is told to be offline keeps the line that it has
    await expect(karin.locator("#offline")).to_be_visible()
    await expect(karin.locator("#offline")).to_contain_text(re.compile(r"Sidan visar läget kl\. \d\d\.\d\d\."))
    ends = karin.locator("#case-status").get_by_text("Avsluta", exact=True)
    assert await ends.evaluate("one => Boolean(one.closest('[inert]'))"), "what needs the connection rests"
    await box.press_sequentially(" receptet i dag.")
    await say(resident, "Det är det blå.")
    await film(karin, "k12", "1-cut-off")
    await expect(box).to_have_value("Hej Valter! Jag förnyar receptet i dag.")
    assert await karin.get_by_text("Det är det blå.").count() == 0
    await karin.context.set_offline(False)
    await expect(karin.locator("#offline")).to_be_hidden()
    await expect(karin.locator("#thread li", has_text="Det är det blå.")).to_have_count(1)
    await expect(box).to_have_value("Hej Valter! Jag förnyar receptet i dag.")
    await expect(box).to_be_focused()
    assert not await ends.evaluate("one => Boolean(one.closest('[inert]'))")
    await film(karin, "k12", "2-back")
    await karin.reload()
    await expect(box).to_have_value("Hej Valter! Jag förnyar receptet i dag.")
    await expect(karin.locator("#chat[data-ready]")).to_be_attached()
    await box.press("Control+Enter")
    await expect(resident.locator("#thread li", has_text="receptet i dag")).to_have_count(1)
    await close(karin, "Råd och egenvård")


async def test_a_stream_that_the_server_cuts_is_taken_up_where_it_was(windows: Windows, demo: Demo) -> None:
    resident, karin, _ = await _begun(windows, "Valter Ros")
    await say(karin, "Hej Valter! Vilket recept gäller det?")
    await expect(resident.locator("#thread")).to_contain_text("Vilket recept gäller det?")
    demo.site.hub.end_streams()
    await say(karin, "Skriv gärna styrkan också.")
    await expect(resident.locator("#thread li", has_text="Skriv gärna styrkan")).to_have_count(1)
    await say(resident, "10 mg.")
    await expect(karin.locator("#thread li", has_text="10 mg.")).to_have_count(1)
    await expect(resident.locator("#offline")).to_be_hidden()
    await close(karin, "Råd och egenvård")


async def test_two_tabs_of_one_case_show_the_same(windows: Windows) -> None:
    resident, karin, case = await _begun(windows, "Ingrid Åkesson")
    other = await resident.context.new_page()
    await other.goto(f"{windows.url}/cases/{case}")
    await expect(other.locator("#chat[data-ready]")).to_be_visible()
    for page, text in ((resident, "Från den ena fliken"), (other, "Från den andra"), (karin, "Tack, jag ser båda.")):
        await say(page, text)
    expected = [
        await page.locator("#thread .lj-bubble__text").all_inner_texts()
        for page in (resident, other, karin)
        if await _settled(page)
    ]
    assert expected[0][-3:] == ["Från den ena fliken", "Från den andra", "Tack, jag ser båda."]
    assert expected[0] == expected[1] == expected[2]
    await close(karin, "Råd och egenvård")
    await expect(other.locator("#case-status")).to_contain_text("Avslutat")


async def _settled(page: Page) -> bool:
    """Wait until the last message stands there."""
    await expect(page.locator("#thread")).to_contain_text("Tack, jag ser båda.")
    return True


async def test_a_message_that_comes_after_the_closing_stays_with_its_writer_and_is_heard(windows: Windows) -> None:
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    windows.watch.expect("404")
    resident, karin, _ = await _begun(windows, "Valter Ros")
    await resident.context.set_offline(True)
    await expect(resident.locator("#offline")).to_be_visible()
    text = "Nu har jag fått svår bröstsmärta som trycker."
    await resident.locator("#composer-text").fill(text)
    await resident.locator("#composer button[type=submit]").click()
    await close(karin, "Råd och egenvård")
    await resident.context.set_offline(False)
    await expect(resident.locator("#unsent-text")).to_have_value(text)
    await expect(resident.locator("#unsent-here")).to_have_count(0)
    await expect(resident.locator("#case-status a[href='tel:112']").first).to_be_visible()
    await resident.reload()
    await expect(resident.locator("#unsent-text")).to_have_value(text)
    await resident.get_by_role("button", name="Ta bort texten").click()
    await expect(resident.locator("#unsent-text")).to_have_count(0)
