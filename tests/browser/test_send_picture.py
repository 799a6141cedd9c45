"""A picture in the talk from a phone: looked at, described, sent, seen by the nurse live; once, on a cut line."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from playwright.async_api import FilePayload, Page, Route, expect

from tests.browser.pictures import film
from tests.browser.talking import say, take
from tests.browser.test_accessibility import Looker, look
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow
from tests.browser.writing_in import ask, make_picture

__all__ = ["look"]


async def _talk(windows: Windows, name: str, question: str) -> tuple[Page, Page]:
    """A talk with Karin on a phone and on her desk."""
    resident = await windows.resident(name, PHONE)
    case = await ask(resident, question)
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(nurse, case)
    await say(nurse, "Hej! Visa gärna hur det ser ut.")
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_attached()
    return resident, nurse


async def test_chosen_looked_at_described_sent_and_seen_by_the_nurse_as_it_comes(
    windows: Windows, look: Looker, tmp_path: Path
) -> None:
    resident, nurse = await _talk(windows, "Gustav Öberg", "Vad är det här för märke?")
    await resident.locator("#composer-text").fill("Jag skriver medan")
    await resident.get_by_text("Skicka en bild").tap()
    await look(resident)
    await film(resident, "picture-in-talk", "1-choose")
    await resident.locator("input[type=file]#picture").set_input_files(make_picture(tmp_path))
    about = resident.get_by_label("Vad visar bilden?")
    await expect(resident.locator(".lj-pictures a")).to_be_focused()
    await expect(resident.locator("#send-picture [data-news]")).to_have_text("Bilden är tillagd, men inte skickad än.")
    await expect(resident.locator("#composer-text")).to_have_value("Jag skriver medan")
    await expect(resident.locator(".lj-pictures img")).to_have_js_property("naturalWidth", 320)
    await look(resident)
    await film(resident, "picture-in-talk", "2-look")
    assert await scroll_overflow(resident) <= 0
    await expect(nurse.locator("#thread img")).to_have_count(0)
    await about.fill("Märket på benet")
    await about.press("Enter")
    await expect(resident.locator("#send-picture .lj-pictures li")).to_have_count(1)
    await resident.get_by_role("button", name="Skicka bilden").tap()
    mine = resident.locator("#thread .lj-bubble--mine", has_text="Märket på benet")
    await expect(mine.locator("img")).to_be_visible()
    await expect(resident.locator("#send-picture [data-news]")).to_have_text("Bilden är skickad.")
    await expect(resident.locator("#send-picture .lj-pictures")).to_have_count(0)
    await expect(resident.locator("#composer-text")).to_have_value("Jag skriver medan")
    theirs = nurse.locator("#thread .lj-bubble--theirs", has_text="Märket på benet")
    await expect(theirs.locator("img")).to_be_visible()
    await expect(nurse.locator("#case-pictures img")).to_have_count(1)
    await expect(nurse.locator("#case-events")).to_contain_text("Gustav Öberg skickade en bild")
    await look(nurse)
    await film(nurse, "picture-in-talk", "4-nurse")
    await resident.reload()
    await expect(mine.locator("img")).to_be_visible()
    await mine.scroll_into_view_if_needed()
    await look(resident)
    await film(resident, "picture-in-talk", "3-sent")
    async with nurse.context.expect_page() as opened:
        await theirs.locator("a").click()
    desk = await opened.value
    await expect(desk.get_by_text("Avsändaren beskriver:")).to_be_visible()
    await film(desk, "picture-in-talk", "5-desk")
    await desk.get_by_text("Fel patient").first.click()
    await desk.locator("button.lj-button-danger").click()
    for page in (resident, nurse):
        await expect(page.locator("#thread")).to_contain_text("Bilden har tagits bort från ärendet.")
        await expect(page.locator("#thread")).not_to_contain_text("Märket på benet")


async def _arrive(page: Page, address: str, picture: Path) -> None:
    """The same upload by another line, since what a window uploads cannot be let through and its answer be cut."""
    fields = {
        name: await page.locator(f"[data-send-picture] input[name={name}]").input_value()
        for name in ("csrf", "upload_id")
    }
    data = await asyncio.to_thread(picture.read_bytes)
    file: FilePayload = {"name": picture.name, "mimeType": "image/jpeg", "buffer": data}
    answer = await page.context.request.post(
        address, multipart={**fields, "picture": file}, max_redirects=0,
        headers={"origin": address.split("/cases", 1)[0], "sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert answer.status == 303


async def test_on_a_cut_line_each_step_is_tried_again_and_there_is_one_picture(
    windows: Windows, tmp_path: Path
) -> None:
    """The upload is cut after it was kept, the sending before it came to the server."""
    windows.watch.expect("ERR_")
    resident, nurse = await _talk(windows, "Tage Holm", "Vad är det här för utslag?")
    picture, cut = make_picture(tmp_path), ["/picture-drafts", "/pictures"]

    async def break_off(route: Route) -> None:
        if cut and route.request.method == "POST" and route.request.url.endswith(cut[0]):
            if cut.pop(0) == "/picture-drafts":
                await _arrive(resident, route.request.url, picture)
            await route.abort("connectionreset")
            return
        await route.continue_()

    await resident.route("**/cases/**", break_off)
    await resident.get_by_text("Skicka en bild").tap()
    await resident.locator("input[type=file]#picture").set_input_files(picture)
    news, again = resident.locator("#send-picture [data-news]"), resident.get_by_role("button", name="Försök igen")
    await expect(news).to_have_text("Anslutningen bröts. Bilden finns kvar hos dig.")
    await expect(again).to_be_focused()
    await film(resident, "picture-in-talk", "6-cut")
    await again.tap()
    await expect(resident.locator("#send-picture .lj-pictures li")).to_have_count(1)
    await resident.get_by_role("button", name="Skicka bilden").tap()
    await expect(news).to_have_text("Anslutningen bröts. Bilden är inte skickad än.")
    await again.tap()
    await expect(resident.locator("#thread .lj-bubble--mine img")).to_have_count(1)
    await expect(nurse.locator("#thread .lj-bubble--theirs img")).to_have_count(1)
    assert not cut
    await resident.reload()
    await expect(resident.locator("#thread .lj-bubble--mine img")).to_have_count(1)
    await expect(resident.locator("#send-picture .lj-pictures li")).to_have_count(0)
    await resident.get_by_text("Skicka en bild").tap()
    await resident.locator("input[type=file]#picture").set_input_files(picture)
    await resident.locator("#send-picture").get_by_role("button", name="Ta bort").tap()
    await expect(resident.locator("#send-picture .lj-pictures li")).to_have_count(0)
    await expect(resident.locator("#thread .lj-bubble--mine img")).to_have_count(1)


async def test_without_javascript_one_form_does_it_all(windows: Windows, tmp_path: Path) -> None:
    resident, _ = await _talk(windows, "Siv Molin", "Vad är det här för prick?")
    plain = await windows.resident("Siv Molin", PHONE, java_script_enabled=False)
    await plain.goto(resident.url)
    await plain.get_by_text("Skicka en bild").tap()
    await plain.locator("input[type=file]#picture").set_input_files(make_picture(tmp_path))
    await plain.get_by_role("button", name="Lägg till").tap()
    await plain.get_by_label("Vad visar bilden?").fill("Pricken")
    await plain.get_by_role("button", name="Skicka bilden").tap()
    await expect(plain.locator("#thread .lj-bubble--mine", has_text="Pricken").locator("img")).to_be_visible()


async def test_a_draft_that_is_slowly_kept_does_not_send_the_picture_twice(windows: Windows, tmp_path: Path) -> None:
    """A form that leaves the page waits for the draft (chat.js); those of the picture leave nothing and never wait."""
    resident, _ = await _talk(windows, "Gustav Öberg", "Ser du fläcken?")
    sent: list[str] = []
    resident.on("request", lambda one: sent.append(one.url) if one.url.endswith("/pictures") else None)

    async def slowly(route: Route) -> None:
        await asyncio.sleep(0.3 if "draft" in route.request.url else 1.5)
        await route.continue_()

    await resident.get_by_text("Skicka en bild").tap()
    await resident.locator("input[type=file]#picture").set_input_files(make_picture(tmp_path))
    await expect(resident.locator(".lj-pictures a")).to_be_focused()
    await resident.get_by_label("Vad visar bilden?").fill("Fläcken på benet")
    await resident.get_by_label("Vad visar bilden?").press("Enter")
    await expect(resident.locator("#send-picture .lj-pictures li")).to_have_count(1)
    await resident.route(re.compile("/drafts$|/pictures$"), slowly)
    await resident.locator("#composer-text").fill("Jag skriver medan")
    await resident.get_by_role("button", name="Skicka bilden").tap()
    await expect(
        resident.locator("#thread .lj-bubble--mine", has_text="Fläcken på benet").locator("img")
    ).to_be_visible()
    await resident.wait_for_timeout(2500)
    assert len(sent) == 1
    await expect(resident.locator("#composer-text")).to_have_value("Jag skriver medan")
