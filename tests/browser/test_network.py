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
    await close(karin, "Kontakten togs på annat sätt")


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
    await close(karin, "Kontakten togs på annat sätt")


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
    await close(karin, "Kontakten togs på annat sätt")


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
    await close(karin, "Kontakten togs på annat sätt")
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
    await close(karin, "Kontakten togs på annat sätt")
    await resident.context.set_offline(False)
    await expect(resident.locator("#unsent-text")).to_have_value(text)
    await expect(resident.locator("#unsent-here")).to_have_count(0)
    await expect(resident.locator("#case-status a[href='tel:112']").first).to_be_visible()
    await resident.reload()
    await expect(resident.locator("#unsent-text")).to_have_value(text)
    await resident.get_by_role("button", name="Ta bort texten").click()
    await expect(resident.locator("#unsent-text")).to_have_count(0)


_CUT = "Ingen anslutning just nu. Det du har skrivit finns kvar – tryck igen när anslutningen är tillbaka."


async def test_a_form_is_held_back_while_there_is_no_connection_and_goes_when_it_is_back(windows: Windows) -> None:
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    _, karin, case = await _begun(windows, "Valter Ros")
    await karin.goto(f"{windows.url}/clinic/cases/{case}/notes")
    await karin.locator("#note").fill("Ringde dottern, hon återkommer.")
    save = karin.locator("main form button[type=submit]")
    await karin.context.set_offline(True)
    for _ in range(2):
        await save.click()
        await expect(karin.get_by_role("alert").filter(has_text="anslutning")).to_have_text(_CUT)
    await expect(save).to_be_focused()
    await expect(karin.locator("#note")).to_have_value("Ringde dottern, hon återkommer.")
    await film(karin, "line", "1-held-back")
    await karin.context.set_offline(False)
    await expect(karin.locator("#line-told")).to_have_text("Anslutningen är tillbaka. Tryck igen.")
    await save.click()
    await karin.wait_for_url(f"**/clinic/cases/{case}*")
    await expect(karin.locator("main", has_text="Ringde dottern, hon återkommer.")).to_be_visible()
    await expect(karin.locator("#chat[data-ready]")).to_be_visible()
    await close(karin, "Kontakten togs på annat sätt")


async def test_a_form_of_a_resident_is_held_back_too(windows: Windows) -> None:
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    page = await windows.resident("Siv Molin", PHONE)
    await page.goto(f"{windows.url}/profile")
    form = page.locator("form[action='/profile/phone']")
    await form.locator("input[name=phone]").fill("070-174 06 99")
    await page.context.set_offline(True)
    await form.get_by_role("button").click()
    await expect(page.get_by_role("alert").filter(has_text="anslutning")).to_have_text(_CUT)
    await expect(form.locator("input[name=phone]")).to_have_value("070-174 06 99")
    await page.context.set_offline(False)
    async with page.expect_response(lambda one: one.url.endswith("/profile/phone")) as answered:
        await form.get_by_role("button").click()
    assert (await answered.value).status == 303


async def test_a_stream_that_is_stopped_holds_a_form_only_while_the_server_is_silent(windows: Windows) -> None:
    windows.watch.expect("ERR_FAILED")
    _, karin, case = await _begun(windows, "Ingrid Åkesson")
    await karin.route(re.compile("/stream"), lambda route: route.abort())
    await karin.route("**/healthz", lambda route: route.abort())
    async with karin.expect_event("console", lambda one: "stream" in one.text or "stream" in one.location["url"]):
        await karin.goto(f"{windows.url}/clinic/cases/{case}/notes")
    heard = "() => new Promise((done) => document.addEventListener('linjen:line', done, { once: true }))"
    await karin.evaluate(heard)
    await karin.locator("#note").fill("Ringde dottern.")
    save = karin.locator("main form button[type=submit]")
    await save.click()
    await expect(karin.locator("#line-told")).to_have_text(_CUT)
    await karin.unroute("**/healthz")
    await save.click()
    await karin.wait_for_url(lambda url: not url.endswith("/notes"))
    await karin.unroute(re.compile("/stream"))
