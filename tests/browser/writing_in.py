"""The resident's way through the intake, page by page, in any language, with or without script."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.async_api import Locator, Page, expect

WORDS = "Jag har haft ont i halsen i fyra dagar och det gör ont att svälja."
AtEach = Callable[[Page], Awaitable[None]]


async def _nothing(_: Page) -> None:
    """What is done at each page unless a test says otherwise."""


def make_picture(folder: Path) -> Path:
    """A picture as a phone takes it, with a maker in its metadata that must not get through."""
    image = Image.new("RGB", (1200, 900), (214, 168, 160))
    ImageDraw.Draw(image).ellipse((400, 250, 800, 650), fill=(176, 70, 66))
    exif = Image.Exif()
    exif[0x010F] = "Påhittad kamera"
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85, exif=exif)
    path = folder / "hals.jpg"
    path.write_bytes(stream.getvalue())
    return path


class Intake:
    """One draft in one window. `at_each` is called at every page, before anything is filled in."""

    def __init__(self, page: Page, at_each: AtEach = _nothing) -> None:
        self.page = page
        self.at_each = at_each
        self.seen: list[str] = []

    @property
    def place(self) -> str:
        """Which page of the intake the window shows."""
        parts = urlsplit(self.page.url).path.strip("/").split("/")
        return "questions" if "questions" in parts else parts[-1]

    @property
    def case(self) -> str:
        """The case's id."""
        return urlsplit(self.page.url).path.split("/")[2]

    @property
    def main(self) -> Locator:
        """The main part of the page."""
        return self.page.locator("main")

    async def begin(self, entry: str = "symptom") -> Intake:
        """Press one of the two cards at home."""
        card = self.page.locator(f"form:has(input[name=entry][value={entry}]) button")
        await self._press(card.first)
        return self

    async def onward(self) -> None:
        """Press the button that leads on."""
        await self._press(self.main.locator("form button[value=next]"))

    async def press_all_right(self) -> None:
        """Say with one tap that what the own words said is right."""
        await self._press(self.main.locator("form button[value=all]"))

    async def _press(self, button: Locator) -> None:
        before = self.page.url
        await button.click()
        await self.page.wait_for_url(lambda url: url != before)
        self.seen.append(self.place)
        await self.at_each(self.page)

    async def to_own_words(self, child: str = "") -> Intake:
        """Whom it is about (herself unless a child is named), the unit, the consents and the fee."""
        for _ in range(6):
            match self.place:
                case "patient" if child:
                    await self.page.get_by_label(child).check()
                case "patient":
                    await self.main.locator("input[name=patient]").first.check()
                case "unit":
                    units = self.main.locator("input[type=radio][name=unit]")
                    if await units.count():
                        await units.first.check()
                case "consent":
                    await self.main.locator("input[name=care_history][value=allow]").check()
                    await self.main.locator("input[name=medication_list][value=refuse]").check()
                case "fee":
                    await self._press(self.main.locator("form button").first)
                    continue
                case "words":
                    return self
            await self.onward()
        raise AssertionError(f"never came to the own words: {self.page.url}")

    async def write(self, text: str = WORDS, reason: str = "") -> Intake:
        """Own words, and the named contact reason, else the first that is offered for them."""
        await self.main.locator("#text").fill(text)
        await self.onward()
        if self.place == "language":
            await self.onward()
        if self.place == "reasons":
            boxes = self.main.locator(f"input[name=reasons][value={reason}]" if reason else "input[name=reasons]")
            await boxes.first.check()
            await self.onward()
        return self

    async def answer(self, facts: dict[str, str] | None = None) -> int:
        """Answer all questions: the given facts, otherwise no, or don't know. How many pages there were."""
        pages = 0
        while self.place == "questions":
            pages += 1
            assert pages < 40, "the interview does not end"
            await expect(self.page.locator("h1")).to_have_count(1)
            await self.fill_in(facts or {})
            await self.onward()
        return pages

    async def fill_in(self, facts: dict[str, str]) -> None:
        """Fill in the page of questions that is shown."""
        offered: dict[str, list[str]] = {}
        for one in await self.main.locator("input[type=radio]").all():
            offered.setdefault(str(await one.get_attribute("name")), []).append(str(await one.get_attribute("value")))
        for name, values in offered.items():
            if "other" in values and f"{name}.number" in await self.names() and name in facts:
                await self.main.locator(f"input[name='{name}.number']").fill(facts[name])
                continue
            value = next(one for one in (facts.get(name, ""), "no", "unknown", values[0]) if one in values)
            await self.main.locator(f"input[name='{name}'][value='{value}']").check()
        if await self.main.locator("input[name=none][data-alone]").count():
            await self._tick(facts)
            return
        for box in await self.main.locator("input[type=checkbox][name$='.unknown']").all():
            name = str(await box.get_attribute("name")).removesuffix(".unknown")
            if name in facts:
                await self.main.locator(f"input[name='{name}']").fill(facts[name])
            else:
                await box.check()

    async def names(self) -> set[str]:
        """The names of the page's fields."""
        return {str(await one.get_attribute("name")) for one in await self.main.locator("input").all()}

    async def _tick(self, facts: dict[str, str]) -> None:
        """Tick the boxes of the facts that are a yes, else the one that says none."""
        boxes = await self.main.locator("input[type=checkbox][value=yes]").all()
        wanted = [box for box in boxes if facts.get(str(await box.get_attribute("name"))) == "yes"]
        for box in wanted or [self.main.locator("input[name=none]")]:
            await box.check()

    async def to_check(self, picture: Path | None = None) -> Intake:
        """Past the self-care advice, the short form, the pictures and anything more."""
        return await self._until("check", picture)

    async def to_pictures(self) -> Intake:
        """Past the self-care advice and the short form."""
        return await self._until("pictures")

    async def _until(self, wanted: str, picture: Path | None = None) -> Intake:
        for _ in range(8):
            if self.place == wanted:
                return self
            match self.place:
                case "self-care" | "warning":
                    await self._press(self.main.locator(f"form[action$='/{self.place}'] button"))
                    continue
                case "about":
                    await self.main.locator("input[name=about][value=none]").check()
                case "form":
                    await self.fill_in_form()
                case "pictures" if picture:
                    await self.add_picture(picture)
            await self.onward()
        raise AssertionError(f"never came to {wanted}: {self.page.url}")

    async def fill_in_form(self) -> None:
        """Answer every question of the short form."""
        chosen: set[str] = set()
        for one in await self.main.locator("input[type=radio]").all():
            name = str(await one.get_attribute("name"))
            if name not in chosen:
                chosen.add(name)
                await one.check()
        for box in await self.main.locator("input.lj-input, textarea.lj-input").all():
            dated = await box.get_attribute("type") == "date"
            await box.fill("2026-11-02" if dated else "Svar")

    async def add_picture(self, picture: Path) -> None:
        """Choose a picture; it is sent at once, so that there is no button to send it once more with."""
        await expect(self.main.locator("button[value=add]")).to_have_count(0)
        await self.main.locator("input[type=file]#picture").set_input_files(picture)
        await expect(self.main.locator(".lj-pictures li")).to_have_count(1)
        await expect(self.main.locator("button[value=add]")).to_have_count(0)

    async def send(self) -> str:
        """Send it; the case's id."""
        await self._press(self.main.locator("form[action$='/send'] button"))
        assert self.place == "receipt", self.page.url
        return self.case


async def write_in(page: Page, text: str = WORDS, facts: dict[str, str] | None = None) -> str:
    """The whole way from the home page to the receipt; the case's id."""
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write(text)
    await intake.answer(facts)
    await intake.to_check()
    return await intake.send()


async def ask(page: Page, text: str) -> str:
    """An administrative question from the home page to the receipt; the case's id."""
    intake = await Intake(page).begin("admin")
    await (await intake.to_own_words()).write(text)
    await intake.to_check()
    return await intake.send()
