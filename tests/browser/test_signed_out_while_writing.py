"""A session that ends while somebody writes: her words stay, for her alone, and the page goes on when she is back."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from linjen.demo.running import Demo
from tests.browser.talking import take
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_from_here, sign_in_nurse, sign_in_resident
from tests.browser.writing_in import ask

_TEXT = "Ta en tablett i morgon bitti och ring om det blir värre."
_LAST = " Hälsningar Bo"
_TOLD = "Du är utloggad. Logga in igen, så kan du skicka det du har skrivit."


async def _end(demo: Demo, context: BrowserContext, kind: str) -> None:
    """The newest session of this kind, which is this test's, is gone on the server and in the browser."""
    await demo.site.database.execute(
        "update sessions set ended_at = now() where kind = $1 and ended_at is null and created_at ="
        " (select max(created_at) from sessions where kind = $1 and ended_at is null)", kind,
    )  # fmt: skip
    await context.clear_cookies()


async def _writing(windows: Windows) -> tuple[Page, str]:
    """A nurse's own session on a case that she holds, with a message begun and kept as a draft."""
    windows.watch.expect("401")
    gustav = await windows.resident("Gustav Öberg", PHONE)
    case = await ask(gustav, "Jag vill förnya mitt recept.")
    page = await windows.open(DESKTOP)
    await sign_in_nurse(page, windows.url, "Bo Hellström")
    await take(page, case)
    await page.locator("#composer-text").fill(_TEXT)
    await expect(page.locator("#draft-state")).to_have_text("Sparat utkast")
    return page, case


async def _is_told(page: Page) -> None:
    await expect(page.locator("#signed-out")).to_be_visible()
    await expect(page.locator("#composer-error")).to_have_text(_TOLD)


async def _signs_in_by_the_link(page: Page, name: str = "Bo Hellström") -> None:
    await page.locator("#signed-out").get_by_role("link", name="Logga in igen").click()
    await page.wait_for_url("**/clinic/sign-in?next=**")
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name=name).click()


async def test_what_is_sent_as_the_session_ends_is_back_in_the_box_and_after_signing_in(
    windows: Windows, demo: Demo
) -> None:
    page, case = await _writing(windows)
    box = page.locator("#composer-text")
    await _end(demo, page.context, "staff")
    await box.press("ControlOrMeta+End")
    await box.press_sequentially(_LAST)
    await page.locator("#composer button[type=submit]").click()
    await _is_told(page)
    await expect(box).to_have_value(_TEXT + _LAST)
    await expect(page.locator("#thread .lj-bubble--mine")).to_have_count(0)
    await box.press("ControlOrMeta+End")
    await box.press_sequentially("!")
    await page.locator("#composer button[type=submit]").click()
    await _is_told(page)
    await expect(box).to_have_value(f"{_TEXT}{_LAST}!")
    await _signs_in_by_the_link(page)
    await page.wait_for_url(f"**/clinic/cases/{case}")
    await expect(box).to_have_value(f"{_TEXT}{_LAST}!")
    await page.locator("#composer button[type=submit]").click()
    await expect(page.locator("#thread .lj-bubble--mine")).to_have_attribute("data-seq", re.compile(r"\d"))
    assert await page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('linjen-kept')).length") == 0


async def test_nothing_of_it_can_be_read_at_the_sign_in_and_nobody_else_gets_it(windows: Windows, demo: Demo) -> None:
    page, case = await _writing(windows)
    await _end(demo, page.context, "staff")
    await page.locator("#composer-text").press_sequentially(_LAST)
    await page.locator("#composer button[type=submit]").click()
    await _is_told(page)
    await page.locator("#signed-out").get_by_role("link", name="Logga in igen").click()
    await page.wait_for_url("**/clinic/sign-in?next=**")
    stored = await page.evaluate("JSON.stringify({ ...sessionStorage })")
    assert f"linjen-kept /clinic/cases/{case} talk" in stored
    assert not re.search("tablett|Hälsningar|Hellstr", stored)
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name="Karin Lindqvist").click()
    await expect(page.locator("#session")).to_be_attached()
    await expect(page.get_by_text("Hälsningar Bo")).to_have_count(0)
    for _ in range(50):
        kept = await page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('linjen-kept')).length")
        if not kept:
            break
        await asyncio.sleep(0.1)
    assert kept == 0


async def test_who_signs_in_in_another_tab_goes_on_where_she_was(windows: Windows, demo: Demo) -> None:
    page, _ = await _writing(windows)
    box = page.locator("#composer-text")
    await _end(demo, page.context, "staff")
    await page.locator("#composer button[type=submit]").click()
    await _is_told(page)
    other = await page.context.new_page()
    await sign_in_nurse(other, windows.url, "Bo Hellström")
    await page.bring_to_front()
    await expect(page.locator("#signed-out")).to_be_hidden(timeout=20_000)
    await expect(page.locator("#composer-error")).to_have_count(0)
    await expect(box).to_have_value(_TEXT)
    await page.locator("#composer button[type=submit]").click()
    await expect(page.locator("#thread .lj-bubble--mine")).to_have_attribute("data-seq", re.compile(r"\d"))
    assert await page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('linjen-kept')).length") == 0


async def test_a_colleague_in_another_tab_does_not_send_it(windows: Windows, demo: Demo) -> None:
    page, case = await _writing(windows)
    await _end(demo, page.context, "staff")
    await page.locator("#composer button[type=submit]").click()
    await _is_told(page)
    other = await page.context.new_page()
    await sign_in_nurse(other, windows.url, "Karin Lindqvist")
    async with page.expect_response(lambda answer: answer.url.endswith(case) and answer.ok, timeout=30_000):
        pass
    await asyncio.sleep(0.5)
    await expect(page.locator("#signed-out")).to_be_visible()


async def test_a_message_that_was_tried_already_goes_once_when_she_is_back(windows: Windows, demo: Demo) -> None:
    """Its answer may have been lost: it keeps its id, and what the server has is not written twice."""
    windows.watch.expect("ERR_")
    page, case = await _writing(windows)

    async def lose(route: Route) -> None:
        await _end(demo, page.context, "staff")
        await route.abort()

    await page.route("**/messages", lose, times=1)
    await page.locator("#composer button[type=submit]").click()
    await expect(page.locator("#signed-out")).to_be_visible()
    await expect(page.locator("#thread .lj-bubble--mine [data-mark]")).to_have_text("Inte skickat än")
    await expect(page.locator("#thread .lj-bubble__retry")).to_have_count(0)
    other = await page.context.new_page()
    await sign_in_nurse(other, windows.url, "Bo Hellström")
    await expect(page.locator("#thread .lj-bubble--mine")).to_have_attribute(
        "data-seq", re.compile(r"\d"), timeout=20_000
    )
    count = "select count(*) from messages where case_id = $1 and by_kind = 'staff'"
    assert await demo.site.database.fetch_value(count, UUID(case)) == 1
    await expect(page.locator("#composer-text")).to_have_value("")


@pytest.mark.parametrize("how", ["link", "leaves"])
async def test_a_resident_has_her_words_again(windows: Windows, demo: Demo, how: str) -> None:
    windows.watch.expect("401")
    page = await windows.open(PHONE)
    await sign_in_resident(page, windows.url, "Rut Engman")
    case = await ask(page, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await page.goto(f"{windows.url}/cases/{case}")
    await expect(page.locator("#chat[data-ready]")).to_be_attached()
    await _end(demo, page.context, "resident")
    box = page.locator("#composer-text")
    await box.fill("Det är blodtrycksmedicinen.")
    await page.locator("#composer button[type=submit]").click()
    await _is_told(page)
    if how == "link":
        await page.locator("#signed-out").get_by_role("link", name="Logga in igen").click()
    else:  # the page's own way out, once the server is asked whether she is there
        await page.evaluate("document.querySelector('#session form').requestSubmit()")
    await page.wait_for_url("**/sign-in?next=**")
    assert "blodtryck" not in await page.evaluate("JSON.stringify({ ...sessionStorage })")
    await sign_in_from_here(page)
    await page.wait_for_url(f"**/cases/{case}")
    await expect(box).to_have_value("Det är blodtrycksmedicinen.")
    await expect(box).to_be_focused()
    await expect(page.locator("#draft-state")).to_have_text("Sparat utkast")


async def test_on_the_desk_nothing_of_the_patient_is_seen_beside_the_kept_words(windows: Windows, demo: Demo) -> None:
    page, _ = await _writing(windows)
    hers = (
        page.get_by_role("heading", name="Chatt med Gustav Öberg"), page.locator("#thread .lj-bubble").first,
        page.locator("#case-status").first, page.get_by_text("Gustav Öberg").first,
    )  # fmt: skip
    for one in hers:
        await expect(one).to_be_visible()

    async def late(route: Route) -> None:
        await asyncio.sleep(3)
        await route.continue_()

    # A draft under way is told of the ended session, too, and after the message.
    await page.route("**/drafts", late)
    async with page.expect_request("**/drafts"):
        await page.locator("#composer-text").press_sequentially(_LAST)
    await _end(demo, page.context, "staff")
    async with page.expect_response(lambda answer: answer.url.endswith("/drafts") and answer.status == 401):
        await page.locator("#composer button[type=submit]").click()
        await _is_told(page)
    for one in hers:
        await expect(one).to_be_hidden()
    await expect(page.locator("#composer-text")).to_be_visible()
    await expect(page).to_have_title("Utloggad")
    other = await page.context.new_page()
    await sign_in_nurse(other, windows.url, "Bo Hellström")
    await page.bring_to_front()
    for one in hers:
        await expect(one).to_be_visible(timeout=20_000)
    await expect(page).not_to_have_title("Utloggad")
