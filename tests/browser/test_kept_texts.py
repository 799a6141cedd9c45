"""The lock of the clock asks nobody and shows nothing; what was typed is back for the same person and for no other."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.talking import close, take
from tests.browser.test_app import until
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_nurse
from tests.browser.writing_in import ask

_TYPED = "Ringde laboratoriet, svaret dröjer"
_STORED = "JSON.stringify({ ...sessionStorage })"


async def _locks(page: Page) -> None:
    """Nobody touches the screen until the clock has locked it."""
    await page.clock.fast_forward("16:00")
    await page.wait_for_url("**/clinic/locked*")


async def _unlocks(page: Page, name: str) -> None:
    await page.get_by_role("link", name="Lås upp med SITHS").click()
    await page.get_by_role("link", name=name).click()


async def _held(windows: Windows, name: str = "Bo Hellström") -> tuple[Page, str]:
    """A session of this test's own, with a clock to turn, and a case that she holds: the lock ends what others keep."""
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept.")
    page = await windows.open(DESKTOP)
    await sign_in_nurse(page, windows.url, name)
    await take(page, case)
    return page, case


async def _writes_a_note(windows: Windows, page: Page, case: str) -> None:
    await page.clock.install()
    await page.goto(f"{windows.url}/clinic/cases/{case}/notes")
    await page.locator("main textarea").first.fill(_TYPED)


async def test_the_clock_locks_a_screen_whose_page_would_ask_whether_to_leave(windows: Windows) -> None:
    page, case = await _held(windows)
    await close(page, "Kontakten togs på annat sätt")
    await page.clock.install()
    await page.goto(f"{windows.url}/clinic/cases/{case}/record")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))  # nobody is there to answer
    await page.get_by_label("Ta med Bedömning").check()
    await page.locator("#text_assessment").click()
    await page.keyboard.type(_TYPED)
    await _locks(page)
    assert not asked
    await expect(page.get_by_role("heading", level=1)).to_have_text("Skärmen är låst")
    await _unlocks(page, "Bo Hellström")
    await page.wait_for_url(f"**/clinic/cases/{case}/record")
    await expect(page.locator("#text_assessment")).to_have_value(re.compile(_TYPED))
    await expect(page.locator("#record-whole")).to_have_value(re.compile(_TYPED))


async def test_what_stands_on_the_screen_goes_before_the_server_has_answered(windows: Windows) -> None:
    page, case = await _held(windows)
    await _writes_a_note(windows, page, case)
    await page.route("**/clinic/locked", lambda _: None)  # the line is slow
    await page.clock.fast_forward("16:00")
    await expect(page.locator("main")).to_be_hidden()


async def test_a_note_is_back_after_the_lock_and_nothing_of_it_can_be_read_meanwhile(windows: Windows) -> None:
    page, case = await _held(windows)
    await _writes_a_note(windows, page, case)
    await _locks(page)
    await expect(page.get_by_text("Det du höll på att skriva finns kvar i det här fönstret till kl.")).to_be_visible()
    stored = await page.evaluate(_STORED)
    assert case in stored, "by the address of its page"
    assert not re.search("Ringde|laboratoriet|Hellstr", stored)
    await _unlocks(page, "Bo Hellström")
    await page.wait_for_url(f"**/clinic/cases/{case}/notes")
    await expect(page.locator("main textarea").first).to_have_value(_TYPED)
    assert await page.evaluate("sessionStorage.length") == 0


async def test_who_goes_back_from_the_lock_page_unlocks_where_she_was_with_her_words(windows: Windows) -> None:
    page, case = await _held(windows)
    await _writes_a_note(windows, page, case)
    await _locks(page)
    await page.go_back()
    await page.wait_for_url(f"**/clinic/locked?next=/clinic/cases/{case}/notes")
    await _unlocks(page, "Bo Hellström")
    await page.wait_for_url(f"**/clinic/cases/{case}/notes")
    await expect(page.locator("main textarea").first).to_have_value(_TYPED)


async def test_the_lock_of_one_window_locks_the_other_and_keeps_its_words(windows: Windows) -> None:
    windows.watch.expect("401")  # the ledger asks for its chats while it is being locked
    page, case = await _held(windows)
    other = await page.context.new_page()
    await other.goto(f"{windows.url}/clinic/ledger")
    await page.goto(f"{windows.url}/clinic/cases/{case}/notes")
    await page.locator("main textarea").first.fill(_TYPED)
    await other.evaluate("document.querySelector('form[action=\"/clinic/locked\"]').requestSubmit()")
    await expect(page.get_by_role("heading", name="Skärmen är låst")).to_be_visible()
    await _unlocks(page, "Bo Hellström")
    await page.wait_for_url(f"**/clinic/cases/{case}/notes")
    await expect(page.locator("main textarea").first).to_have_value(_TYPED)


async def test_a_page_that_leaves_by_itself_keeps_its_words_until_it_is_drawn_again(windows: Windows) -> None:
    windows.watch.expect("404")
    page, case = await _held(windows)
    async with page.expect_response(re.compile("stream.apart")):
        await page.goto(f"{windows.url}/clinic/cases/{case}/notes")
    await page.locator("main textarea").first.fill(_TYPED)
    await page.route("**/patient", lambda route: route.fulfill(status=404))  # out of reach for a while
    windows.demo.site.hub.end_streams()  # a line that is back asks
    await page.wait_for_url(f"**/clinic/cases/{case}")
    await page.unroute("**/patient")
    await page.goto(f"{windows.url}/clinic/cases/{case}/notes")
    await expect(page.locator("main textarea").first).to_have_value(_TYPED)


@pytest.mark.parametrize("how", ["another", "signed_out", "late"])
async def test_nobody_else_and_nobody_later_gets_it(windows: Windows, how: str) -> None:
    page, case = await _held(windows)
    await _writes_a_note(windows, page, case)
    await _locks(page)
    assert await page.evaluate("sessionStorage.length") == 1
    if how == "late":
        await page.clock.fast_forward("31:00")
        await expect(page.locator("#kept")).to_be_hidden()
    elif how == "signed_out":
        await page.get_by_role("button", name="Logga ut").click()
        await page.wait_for_url("**/clinic/sign-in*")
    else:
        await _unlocks(page, "Karin Lindqvist")
        await page.wait_for_url(re.compile("/clinic/(?!locked)"))
        await expect(page.locator("#session")).to_be_attached()
    await until(page, "() => sessionStorage.length === 0")
