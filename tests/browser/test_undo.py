"""Staff's messages wait a few seconds in the page: they can be taken back, and leave when their writer goes on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import msgspec
import pytest
from playwright.async_api import Page, expect

from linjen.cases.talk.drafts import Typed
from linjen.demo.running import Demo
from tests.browser.talking import say, take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask

_TEXT = "Receptet är förnyat och ligger klart på apoteket."


@pytest.fixture
def patience(demo: Demo) -> Iterator[None]:
    """Messages wait for as long as a test takes, unless it hurries them."""
    before = demo.site.settings
    demo.site.settings = msgspec.structs.replace(before, message_undo_s=30)
    yield
    demo.site.settings = before


async def _write(windows: Windows, title: str) -> tuple[Page, Page]:
    """A message that waits in the nurse's page: (resident, nurse)."""
    resident = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(resident, title)
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(nurse, case)
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_attached()
    await nurse.locator("#composer-text").fill(_TEXT)
    await nurse.locator("#composer-text").press("Control+Enter")
    await expect(nurse.locator("#thread .lj-bubble--mine [data-mark]")).to_have_text("Skickas om några sekunder")
    return resident, nurse


@pytest.mark.usefixtures("patience")
async def test_a_message_is_taken_back_and_never_reaches_the_patient(windows: Windows) -> None:
    resident, nurse = await _write(windows, "Kan jag få mitt recept förnyat?")
    await expect(nurse.get_by_role("button", name="Ångra")).to_be_visible()
    await nurse.keyboard.press("Alt+z")  # from the box itself, where one stands after sending
    await expect(nurse.locator("#composer-text")).to_have_value(_TEXT)
    await expect(nurse.locator("#composer-text")).to_be_focused()
    await expect(nurse.locator("#thread .lj-bubble--mine")).to_have_count(0)
    await nurse.locator("#composer-text").fill("Receptet är förnyat.")
    await nurse.locator("#composer-text").press("Control+Enter")
    await nurse.locator("#composer-text").press("Control+z")
    await expect(nurse.locator("#composer-text")).to_have_value("Receptet är förnyat.")
    await nurse.reload()
    await expect(nurse.locator("#composer-text")).to_have_value("Receptet är förnyat.")
    await resident.reload()
    await expect(resident.locator("#thread .lj-bubble", has_text="Receptet är förnyat")).to_have_count(0)


@pytest.mark.usefixtures("patience")
async def test_no_draft_is_told_of_beside_an_empty_box(windows: Windows) -> None:
    _, nurse = await _write(windows, "Kan jag få mitt intyg förnyat?")
    await nurse.get_by_role("button", name="Ångra").click()
    await expect(nurse.locator("#draft-state")).to_have_text("Sparat utkast")
    await nurse.locator("#composer-text").press("Control+Enter")
    await expect(nurse.locator("#composer-text")).to_have_value("")
    await expect(nurse.locator("#draft-state")).to_have_text("")


@pytest.mark.usefixtures("patience")
async def test_who_leaves_the_page_has_sent(windows: Windows) -> None:
    resident, nurse = await _write(windows, "Kan jag få ett nytt intyg?")
    await nurse.goto(f"{windows.url}/clinic/ledger")
    await expect(resident.locator("#thread .lj-bubble", has_text=_TEXT)).to_have_count(1)


@pytest.mark.usefixtures("patience")
async def test_another_form_of_the_page_waits_until_the_message_is_there(windows: Windows) -> None:
    resident, nurse = await _write(windows, "När ringer ni mig?")
    await nurse.get_by_role("button", name="Släpp").click()
    await nurse.wait_for_url("**/clinic/ledger*")
    await expect(resident.locator("#thread .lj-bubble", has_text=_TEXT)).to_have_count(1)


async def test_what_is_being_written_is_asked_about_however_soon_the_case_is_given_back(
    windows: Windows, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is saved a second after the last key, and slowly: the question waits for it, also to be none."""
    resident = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(resident, "Kan jag få en ny tid?")
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(nurse, case)
    submit = demo.site.drafts.submit

    async def slowly(typed: Typed) -> None:
        await asyncio.sleep(0.5)
        await submit(typed)

    monkeypatch.setattr(demo.site.drafts, "submit", slowly)
    box = nurse.locator("#composer-text")
    await box.fill(_TEXT)
    await nurse.get_by_role("button", name="Släpp").click()
    await nurse.wait_for_url(f"**/cases/{case}/releases")
    await expect(nurse.locator("blockquote")).to_have_text(_TEXT)
    await nurse.get_by_role("link", name="Tillbaka till meddelandet").click()
    await expect(box).to_have_value(_TEXT)
    await expect(nurse.locator("#chat[data-ready]")).to_be_attached()
    await box.fill("")
    await nurse.get_by_role("button", name="Släpp").click()
    await nurse.wait_for_url("**/clinic/ledger?done=released")


async def test_a_message_leaves_by_itself(windows: Windows, demo: Demo) -> None:
    before = demo.site.settings
    demo.site.settings = msgspec.structs.replace(before, message_undo_s=1)
    try:
        resident, nurse = await _write(windows, "Hur länge gäller mitt intyg?")
        await expect(nurse.locator("#thread .lj-bubble--mine")).to_have_attribute("data-seq", re.compile(r"\d+"))
        await expect(resident.locator("#thread .lj-bubble", has_text=_TEXT)).to_have_count(1)
        await expect(nurse.get_by_role("button", name="Ångra")).to_have_count(0)
    finally:
        demo.site.settings = before


async def test_unsent_words_of_a_case_that_was_closed_meanwhile_stand_there_once(windows: Windows) -> None:
    resident = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(resident, "Kan jag få en ny remiss?")
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(nurse, case)
    await nurse.locator("#composer-text").fill(_TEXT)
    await expect(nurse.locator("#draft-state")).to_have_text("Sparat utkast")
    other = await nurse.context.new_page()
    await other.goto(f"{windows.url}/clinic/cases/{case}")
    await other.get_by_role("link", name="Avsluta").click()
    await other.get_by_label("Kontakten togs på annat sätt").check()
    await other.locator("input[name=leave_draft]").check()
    await other.get_by_role("button", name="Avsluta ärendet").click()
    await other.wait_for_url("**/clinic/ledger*")
    await expect(nurse.locator("#talk-unsent")).to_contain_text(_TEXT)
    await nurse.wait_for_timeout(1500)
    await expect(nurse.locator("blockquote", has_text=_TEXT)).to_have_count(1)


async def test_a_first_reply_before_the_record_is_open_is_asked_about_once(windows: Windows, demo: Demo) -> None:
    before = demo.site.settings
    demo.site.settings = msgspec.structs.replace(before, record_before_reply=True)
    try:
        gustav = await windows.resident("Gustav Öberg", PHONE)
        karin = await windows.nurse("Karin Lindqvist", DESKTOP)
        await take(karin, await ask(gustav, "Jag vill byta tid."))
        await karin.locator("#composer-text").fill("Vilken dag passar?")
        send = karin.locator("#composer button[type=submit]")
        await send.click()
        await expect(karin.locator("#composer-error")).to_contain_text("Öppna journalen först")
        await expect(karin.locator("#composer-text")).to_have_value("Vilken dag passar?")
        await expect(karin.locator("#thread .lj-bubble--mine")).to_have_count(0)
        await send.click()
        await expect(karin.locator("#thread .lj-bubble--mine")).to_have_count(1)
        await say(karin, "Hör av dig när du vet.")
        await karin.get_by_role("button", name="Jag har öppnat journalen").click()
        await expect(karin.locator("#record-system [data-asks]")).to_have_count(0)
    finally:
        demo.site.settings = before
