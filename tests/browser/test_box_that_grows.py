"""However much is written, the button to send stays in the window and the talk above it can be read."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.talking import take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask

_HINT = "Tyvärr är det fullt, kanske går det 15/5 2024 kl 9."


@pytest.mark.parametrize("text", ["rad\n" * 16 + _HINT, "Ett ord till. " * 560 + _HINT], ids=["lines", "long"])
async def test_the_button_stays_in_the_window_and_the_talk_keeps_its_room(windows: Windows, text: str) -> None:
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await karin.locator("#composer-text").fill(text)
    hints = karin.locator(".lj-tone-hints li")
    await expect(hints).not_to_have_count(0)
    await karin.get_by_role("button", name=re.compile(r"Visa \d till")).click()
    for what, least in (("#composer button[type=submit]", 24), ("#thread-box", 155), ("#composer-text", 52)):
        box = await karin.locator(what).bounding_box()
        assert box is not None
        assert box["y"] >= 0, what
        assert box["y"] + box["height"] <= 768, (what, box)
        assert box["height"] >= least, (what, box)
    box = await karin.locator("#composer-text").bounding_box()
    assert box is not None
    assert box["height"] <= 768 / 3
    assert await karin.locator("#composer-text").evaluate("one => one.scrollHeight > one.clientHeight")


async def test_the_second_press_of_a_double_click_says_nothing(windows: Windows) -> None:
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await karin.locator("#composer-text").fill("Det är klart.")
    await karin.locator("#composer button[type=submit]").dblclick()
    sent = karin.locator("#thread .lj-bubble--mine", has_text="Det är klart.")
    await expect(sent).to_have_attribute("data-seq", re.compile(r"\d"))
    await expect(karin.locator("#composer-error")).to_have_count(0)
    await expect(karin.locator("#composer-text")).not_to_have_attribute("aria-invalid", "true")
    await karin.wait_for_timeout(1100)
    await karin.locator("#composer button[type=submit]").click()
    await expect(karin.locator("#composer-error")).to_have_text("Skriv ett meddelande först")
