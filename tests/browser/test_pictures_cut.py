"""A network that dies while a picture is going up: the page says so, one press sends it again, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from tests.browser.pictures import film
from tests.browser.windows import PHONE, Windows
from tests.browser.writing_in import Intake, make_picture


async def _arrive(page: Page, address: str, picture: Path) -> None:
    """The same form by another line, since what a window uploads cannot be let through and its answer be cut."""
    fields = {name: await page.locator(f"input[name={name}]").first.input_value() for name in ("csrf", "version")}
    file: FilePayload = {
        "name": picture.name,
        "mimeType": "image/jpeg",
        "buffer": await asyncio.to_thread(picture.read_bytes),
    }
    answer = await page.context.request.post(
        address, multipart={**fields, "do": "add", "picture": file}, max_redirects=0,
        headers={"origin": address.split("/intakes", 1)[0], "sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert answer.status == 303


@pytest.mark.parametrize("arrived", [False, True])
async def test_a_picture_that_was_cut_off_is_sent_again_and_is_there_once(
    windows: Windows, tmp_path: Path, arrived: bool
) -> None:
    """Cut before it came to the server, and after it was kept there but before the answer was heard."""
    windows.watch.expect("ERR_")
    page = await windows.resident("Valter Ros" if arrived else "Siv Molin", PHONE)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write()
    await intake.answer()
    await intake.to_pictures()
    cut, picture = 0, make_picture(tmp_path)

    async def break_off(route: Route) -> None:
        nonlocal cut
        if route.request.method == "POST" and not cut:
            cut += 1
            if arrived:
                await _arrive(page, route.request.url, picture)
            await route.abort("connectionreset")
            return
        await route.continue_()

    await page.route("**/pictures", break_off)
    await page.locator("input[type=file]#picture").set_input_files(picture)
    await expect(page.locator("[data-news]")).to_have_text("Anslutningen bröts. Bilden finns kvar hos dig.")
    await expect(page.get_by_role("button", name="Skicka igen")).to_be_focused()
    await film(page, "picture-cut", f"1-cut-{arrived}")
    await page.get_by_role("button", name="Skicka igen").tap()
    await expect(page.locator(".lj-pictures li")).to_have_count(1)
    assert cut == 1
    await page.reload()
    await expect(page.locator(".lj-pictures li")).to_have_count(1)
    await page.get_by_label("Vad visar bilden?").fill("Halsen från sidan")
    async with page.expect_navigation():
        await page.get_by_label("Vad visar bilden?").press("Enter")
    await expect(page.locator(".lj-pictures li")).to_have_count(1)
    await page.get_by_text("Tips för en bra bild").tap()
    await film(page, "picture-cut", f"2-there-{arrived}", whole=True)
    await page.locator("button[value=next]").tap()
    await page.wait_for_url("**/extra")
    await page.go_back()
    await page.reload()
    assert await page.get_by_label("Vad visar bilden?").input_value() == "Halsen från sidan"
    await page.get_by_role("button", name="Ta bort").tap()
    await expect(page.locator(".lj-pictures li")).to_have_count(0)
