"""Hints on how to write: the browser finds what the server's rules find, and nothing is ever held back by them."""

from __future__ import annotations

from playwright.async_api import expect

from linjen.web.assets import static_url
from linjen.web.parts.tone_words import tone_url
from tests.browser.talking import close, say, take
from tests.browser.test_accessibility import Looker
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow
from tests.browser.writing_in import ask
from tests.rules.test_tone import LINES

_READ = """async ([script, rules, texts]) => {
  const { makeReader } = await import(script);
  const find = makeReader(await (await fetch(rules)).json());
  const today = new Date(Date.UTC(2023, 3, 20));
  return texts.map((text) => find(text, today).map((one) => [one.kind, one.found, one.instead]));
}"""


async def test_the_page_s_script_finds_what_the_server_finds(windows: Windows) -> None:
    page = await windows.open(DESKTOP)
    await page.goto(windows.url)
    found = await page.evaluate(_READ, [static_url("js/tone.js"), tone_url(), [text for text, _ in LINES]])
    for (text, wanted), got in zip(LINES, found, strict=True):
        assert [tuple(one) for one in got] == wanted, text


async def test_a_hint_is_taken_or_hidden_and_the_message_is_sent_all_the_same(windows: Windows) -> None:
    resident = await windows.resident("Siv Molin", PHONE)
    case = await ask(resident, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    box, hints = karin.locator("#composer-text"), karin.locator(".lj-tone-hints li")
    await expect(hints).to_have_count(0)
    before = await karin.get_by_role("button", name="Skicka").bounding_box()
    await box.fill("Hej")
    await expect(karin.locator("#draft-state")).to_have_text("Sparat utkast")
    assert await karin.get_by_role("button", name="Skicka").bounding_box() == before, "the draft's words have a place"
    await box.fill("")
    await box.focus()
    await karin.keyboard.type("Tyvärr är det fullt, kanske går det 15/5 2024 kl 9.")
    await expect(hints).to_have_count(1)
    await expect(hints.first).to_contain_text("Säg gärna vad som går att göra, i stället för ”Tyvärr”.")
    await expect(karin.locator("#tone-news")).to_have_text("4 tips om texten")
    folded = await karin.locator(".lj-tone-hints").bounding_box()
    assert folded and folded["height"] <= 48, "one line: the talk needs the room"
    await karin.get_by_role("button", name="Visa 3 till").click()
    await expect(hints).to_have_count(4)
    await expect(karin.get_by_role("button", name="Visa färre")).to_be_focused()
    look = Looker()
    await look(karin)
    assert not look.found, look.found
    await karin.get_by_role("button", name="Dölj tipset om ”Tyvärr”").click()
    await expect(box).to_be_focused()
    await karin.get_by_role("button", name="Dölj tipset om ”kanske”").click()
    await karin.get_by_role("button", name="Byt ”15/5 2024” mot ”15 maj 2024”").click()
    await karin.get_by_role("button", name="Byt ”kl 9” mot ”kl. 09.00”").click()
    await expect(box).to_have_value("Tyvärr är det fullt, kanske går det 15 maj 2024 kl. 09.00.")
    await expect(karin.locator(".lj-tone-hints")).to_be_hidden()
    await say(karin, "Tyvärr är det fullt. Vi ses kl 9.")
    await karin.reload()
    await expect(karin.locator("#chat[data-ready]")).to_be_visible()
    await box.press_sequentially("Tyvärr borde du & jag")
    await expect(hints.first).to_contain_text("borde")
    await karin.get_by_role("button", name="Visa 1 till").click()
    await karin.get_by_role("button", name="Dölj alla tips").click()
    await expect(hints).to_contain_text("Tipsen är dolda i det här fönstret.")
    await box.press_sequentially(" ssk")
    await expect(karin.locator(".lj-tone-hints")).to_be_hidden()
    await box.fill("")
    await close(karin, "Råd och egenvård")


async def test_hints_stand_where_phrases_are_written_and_kept(windows: Windows) -> None:
    karin = await windows.nurse("Karin Lindqvist", PHONE)
    await karin.goto(f"{windows.url}/clinic/phrases/new")
    await karin.get_by_label("Rubrik").fill("Återkomst")
    await karin.locator("#body").fill("Ssk hör av sig kl 9.")
    await expect(karin.locator(".lj-tone-hints li")).to_have_count(1)
    await expect(karin.get_by_role("button", name="Visa 1 till")).to_be_visible()
    assert await scroll_overflow(karin) == 0
    await karin.get_by_role("button", name="Spara frasen").click()
    kept = karin.locator(".lj-phrases-kept > li", has_text="Återkomst")
    await expect(kept.get_by_role("list", name="Tips om texten").locator("li").first).to_contain_text("Sjuksköterska")
    await kept.get_by_role("button", name="Ta bort").click()
    await expect(karin.get_by_text("Frasen är borttagen")).to_be_visible()
