"""The resident's way through the intake, page by page, as a person clicks it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

WORDS = "Jag har haft ont i halsen i fyra dagar och det gör ont att svälja."


def place_of(page: Page) -> str:
    """The last part of the address: which page of the intake it is."""
    parts = urlsplit(page.url).path.strip("/").split("/")
    return "questions" if "questions" in parts else parts[-1]


def make_picture(folder: Path) -> Path:
    """A picture as a phone takes it, with a place in its metadata that must not get through."""
    image = Image.new("RGB", (1200, 900), (214, 168, 160))
    ImageDraw.Draw(image).ellipse((400, 250, 800, 650), fill=(176, 70, 66))
    exif = Image.Exif()
    exif[0x010F] = "Påhittad kamera"
    path = folder / "hals.jpg"
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85, exif=exif)
    path.write_bytes(stream.getvalue())
    return path


async def onward(page: Page, name: str = "Fortsätt") -> None:
    """Press the button that leads on, and wait for the next page."""
    before = page.url
    await page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    await page.wait_for_url(lambda url: url != before)


async def begin(page: Page, card: str = "Sök vård") -> None:
    """From the home page into the intake."""
    await page.get_by_role("main").get_by_role("button", name=card).click()
    await page.wait_for_url("**/intakes/**")


async def to_own_words(page: Page, *, myself: str = "Mig själv", continue_: str = "Fortsätt") -> None:
    """Whom it is about, the unit, the consents and the fee."""
    for _ in range(6):
        match place_of(page):
            case "patient":
                await page.get_by_label(myself).check()
            case "unit":
                radios = page.locator("input[type=radio][name=unit]")
                if await radios.count():
                    await radios.first.check()
            case "consent":
                await page.locator("input[name=care_history][value=allow]").check()
                await page.locator("input[name=medication_list][value=refuse]").check()
            case "fee":
                await page.get_by_role("main").locator("form button").first.click()
                await page.wait_for_url("**/words")
                continue
            case "words":
                return
        await onward(page, continue_)
    raise AssertionError(f"never came to the own words: {page.url}")


async def answer_questions(page: Page, facts: dict[str, str] | None = None, continue_: str = "Fortsätt") -> int:
    """Answer every page of questions: the given facts, otherwise no, or don't know. How many pages there were."""
    pages = 0
    while place_of(page) == "questions":
        pages += 1
        assert pages < 40, "the interview does not end"
        await expect(page.locator("h1")).to_have_count(1)
        await _answer_page(page, facts or {})
        await onward(page, continue_)
    return pages


async def _answer_page(page: Page, facts: dict[str, str]) -> None:
    offered: dict[str, list[str]] = await page.evaluate(
        "() => { const all = {}; for (const one of document.querySelectorAll('main input[type=radio]'))"
        " (all[one.name] ??= []).push(one.value); return all; }"
    )
    for name, values in offered.items():
        value = next(one for one in (facts.get(name, ""), "no", "unknown", values[0]) if one in values)
        await page.locator(f"input[name='{name}'][value='{value}']").check()
    for box in await page.locator("main input[type=checkbox][name$='.unknown']").all():
        name = str(await box.get_attribute("name")).removesuffix(".unknown")
        if name in facts:
            await page.locator(f"input[name='{name}']").fill(facts[name])
        else:
            await box.check()


async def choose_first_reasons(page: Page, *names: str) -> None:
    """The contact reasons to go on with: those named, else the first offered."""
    if place_of(page) != "reasons":
        return
    for name in names:
        await page.get_by_label(name, exact=True).check()
    if not names:
        await page.locator("main input[name=reasons]").first.check()
    await onward(page)


async def finish(page: Page, picture: Path | None = None) -> str:
    """Pictures, anything more, the check page, and send. The case's address."""
    await skip_to_check(page, picture)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Kontrollera och skicka")
    await page.get_by_role("button", name="Skicka", exact=True).click()
    await page.wait_for_url("**/receipt")
    return f"/cases/{urlsplit(page.url).path.split('/')[2]}"


async def skip_to_check(page: Page, picture: Path | None = None) -> None:
    """Pictures and anything more."""
    for _ in range(4):
        match place_of(page):
            case "pictures":
                if picture:
                    await page.locator("input[type=file]#picture").set_input_files(picture)
                    await expect(page.get_by_role("heading", name=re.compile("Dina bilder: 1"))).to_be_visible()
                await page.locator("main button[value=next]").click()
                await page.wait_for_url("**/extra")
            case "extra":
                await page.locator("main button[value=next]").click()
                await page.wait_for_url("**/check")
            case "self-care":
                await page.get_by_role("button", name="Jag vill ha kontakt med vården").click()
                await page.wait_for_url("**/pictures")
            case _:
                return


async def write_in(
    page: Page, text: str = WORDS, facts: dict[str, str] | None = None, picture: Path | None = None
) -> str:
    """The whole way from the home page to the receipt; the case's address."""
    await begin(page)
    await to_own_words(page)
    await page.locator("#text").fill(text)
    await onward(page)
    await choose_first_reasons(page)
    await answer_questions(page, facts)
    return await finish(page, picture)
