"""For everyone: large text, wide spacing, a phone on its side, forced colours, no motion, and from right to left."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page

from linjen.core import swedish
from linjen.demo.running import Demo
from linjen.triage.content.files import FOLDER, files_in
from tests.browser.keys import Keyboard
from tests.browser.pictures import film
from tests.browser.sights import find_bad_sights, find_untranslated
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow, sign_in_resident
from tests.browser.writing_in import WORDS, Intake

_PUBLIC = ("/", "/sign-in", "/units", "/about/how-it-works", "/about/emergency", "/accessibility", "/complaints")
_RESIDENT = (
    "/home", "/cases", "/profile", "/profile/notices", "/profile/needs", "/profile/consents", "/support", "/openings",
    "/profile/blocks",
)  # fmt: skip
_NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
_FILMS = Path(__file__).parents[2] / "build/films/for-everyone"

#: WCAG 1.4.12: whoever needs it may have so much space.
_SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
_LARGE = "html { font-size: 200% !important }"


def _content() -> str:
    return " ".join(body.decode() for body in files_in(FOLDER).values())


class Eyes:
    """Looks at page after page and keeps what is wrong, so that one run tells everything."""

    def __init__(self, known: set[str] | None = None) -> None:
        self.found: list[str] = []
        self.pages = 0
        self._known = known
        self._content = " ".join(f"{_content()} {WORDS}".split()) if known else ""

    async def __call__(self, page: Page) -> None:
        """Look at the page as it is now."""
        self.pages += 1
        where = page.url.split("/", 3)[-1]
        if (wide := await scroll_overflow(page)) > 0:
            self.found.append(f"{where}: {wide} px too wide")
        self.found += [f"{where}: {one}" for one in await find_bad_sights(page)]
        if self._known is not None:
            self.found += [
                f"{where}: not translated: {one}" for one in await find_untranslated(page, self._known, self._content)
            ]

    def judge(self, at_least: int) -> None:
        """Fail with all that was found."""
        assert self.pages >= at_least
        assert not self.found, "\n".join(self.found)


async def _walk(windows: Windows, page: Page, style: str, at_least: int) -> None:
    eyes = Eyes()

    async def look(page: Page) -> None:
        if style:
            await page.add_style_tag(content=style)
        await eyes(page)

    for path in (*_PUBLIC, *_RESIDENT):
        await page.goto(windows.url + path)
        await look(page)
    await page.goto(f"{windows.url}/home")
    intake = await Intake(page, look).begin()
    await (await intake.to_own_words()).write()
    await intake.answer({"gen.fever": "yes", "gen.duration_days": "4"})
    await intake.to_check()
    await intake.send()
    await page.goto(f"{windows.url}/cases/{intake.case}")
    await look(page)
    eyes.judge(at_least)


#: The other sizes are walked by bin/soak: the words and the parts are the same.
_TABLET = pytest.param({"viewport": {"width": 640, "height": 800}}, id="tablet", marks=pytest.mark.soak)


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, id="desktop"), _TABLET])
async def test_text_twice_as_large_fits_and_covers_nothing(windows: Windows, size: dict[str, Any]) -> None:
    page = await windows.resident("Ingrid Åkesson", size, bypass_csp=True)
    await _walk(windows, page, _LARGE, 25)


@pytest.mark.soak
async def test_wide_spacing_fits_and_covers_nothing(windows: Windows) -> None:
    page = await windows.resident("Ingrid Åkesson", PHONE, bypass_csp=True)
    await _walk(windows, page, _SPACING, 25)


@pytest.mark.soak
async def test_a_phone_on_its_side_shows_everything(windows: Windows) -> None:
    page = await windows.resident(
        "Ingrid Åkesson", {**PHONE, "viewport": {"width": 640, "height": 360}}, bypass_csp=True
    )
    await _walk(windows, page, "", 25)
    await page.goto(f"{windows.url}/home")
    stops = await Keyboard(page).walk_through()
    assert len(stops) > 8, "no stop of the focus lies under a bar"


async def test_in_forced_colours_the_focus_the_choice_and_the_parts_are_seen(windows: Windows) -> None:
    page = await windows.resident("Ingrid Åkesson", PHONE, forced_colors="active")
    assert await page.evaluate("matchMedia('(forced-colors: active)').matches")
    _FILMS.mkdir(parents=True, exist_ok=True)
    for path in ("/", "/sign-in", "/home", "/cases", "/profile"):
        await page.goto(windows.url + path)
        assert len(await Keyboard(page).walk_through()) > 5
        assert await _without_an_edge(page) == []
        if os.environ.get("LINJEN_PICTURES") == "1":
            await page.screenshot(path=_FILMS / f"forced{path.replace('/', '-')}.png", full_page=True)
    await page.goto(f"{windows.url}/home")
    intake = await Intake(page).begin()
    while await page.locator("main input[type=radio]").count() == 0:
        await intake.onward()
    await page.locator("main input[type=radio]").first.check()
    edges = "all => all.map((one) => getComputedStyle(one.closest('label')).borderTopColor)"
    assert await page.locator("main input[type=radio]").evaluate_all("all => all.map((one) => one.checked)")
    assert all(edge != "rgba(0, 0, 0, 0)" for edge in await page.locator("main input[type=radio]").evaluate_all(edges))


async def _without_an_edge(page: Page) -> list[str]:
    """Buttons and boxes that only a colour of ours set apart, which forced colours take away."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll(".lj-button, .lj-card, .lj-panel, .lj-notice, .lj-input, .lj-choice")]
        .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).borderTopWidth) < 1)
        .map((one) => one.outerHTML.slice(0, 100))"""
    )
    return found


async def test_nothing_moves_for_who_asks_for_no_motion_and_nothing_plays_by_itself(windows: Windows) -> None:
    still = await windows.resident("Ingrid Åkesson", PHONE, reduced_motion="reduce")
    moving = await windows.open(PHONE, reduced_motion="no-preference")
    times = "[...document.querySelectorAll('*')].map((one) => getComputedStyle(one).transitionDuration)"
    transitions = f"{times}.filter((time) => parseFloat(time) > 0).length"
    for path in ("/", "/sign-in", "/home", "/cases", "/profile"):
        await still.goto(windows.url + path)
        assert await still.evaluate(transitions) == 0
        assert await still.evaluate("document.getAnimations().length") == 0
        assert await still.locator("video, audio, marquee, [autoplay]").count() == 0
    await moving.goto(windows.url)
    assert await moving.evaluate(transitions) > 0, "the measure must be able to see a transition"


async def test_the_eyes_see_what_is_wrong(windows: Windows) -> None:
    page = await windows.open(_NARROW)
    await page.set_content(
        """<html lang="qps"><body><p>⟦Fôljêr⟧ \u2068Rut\u2069</p><p>Hårdkodat</p><p lang="sv">Svenska</p>
        <div style="overflow: hidden; width: 40px; white-space: nowrap">En text utan plats</div>
        <div style="position: relative">
        <p>Under</p><p style="position: absolute; top: 0; margin: 0">Över</p></div></body></html>"""
    )
    assert "Hårdkodat" in await find_untranslated(page, {"Rut"}, "")
    assert not {"Rut", "Svenska"} & set(await find_untranslated(page, {"Rut"}, ""))
    seen = await find_bad_sights(page)
    assert "cut off: En text utan plats" in seen
    assert "over each other: Under / Över" in seen


@pytest.fixture
async def made_up(demo: Demo) -> AsyncIterator[None]:
    """The language that nobody speaks may be chosen."""
    before = demo.site.settings
    demo.site.settings = msgspec.structs.replace(before, made_up_language=True)
    yield
    demo.site.settings = before


async def _names(demo: Demo) -> set[str]:
    """The words of every name of the region: nobody translates those; and of days, which have their own words."""
    names = await demo.site.database.fetch(
        "select name from units union select given_name || ' ' || surname from residents"
        " union select given_name || ' ' || surname from staff"
    )
    words = " ".join(row["name"] for row in names) + " " + demo.site.settings.region_name
    days = {*swedish._MONTHS["sv"], *swedish._WEEKDAYS["sv"], "morgon", "går", "dag", "days"}
    return {*words.replace("-", " ").split(), *days, *(day.capitalize() for day in days)}


async def _speak_made_up(page: Page) -> None:
    await page.evaluate(
        """async () => { const csrf = document.querySelector("input[name=csrf]")?.value ?? "";
        const body = new URLSearchParams({ csrf, language: "qps", next: "/" });
        await fetch("/language", { method: "POST", body }); }"""
    )


async def test_from_right_to_left_every_page_fits_320_px_and_holds_no_word_of_the_code(
    windows: Windows, made_up: None
) -> None:
    eyes = Eyes(await _names(windows.demo))
    page = await windows.open(_NARROW)
    await page.goto(windows.url)
    await _speak_made_up(page)
    for path in _PUBLIC:
        await page.goto(windows.url + path)
        assert await page.evaluate("[document.documentElement.dir, document.documentElement.lang].join()") == "rtl,qps"
        await eyes(page)
    await film(page, "for-everyone", "rtl-public", whole=True)
    resident = await windows.open(_NARROW)
    await sign_in_resident(resident, windows.url, "Rut Engman")
    await _speak_made_up(resident)
    for path in _RESIDENT:
        await resident.goto(windows.url + path)
        await eyes(resident)
        await film(resident, "for-everyone", f"rtl{path.replace('/', '-')}", whole=True)
    await resident.goto(f"{windows.url}/home")
    intake = await Intake(resident, eyes).begin()
    await (await intake.to_own_words()).write()
    await intake.answer({"gen.fever": "yes", "gen.duration_days": "4"})
    await intake.to_check()
    await film(resident, "for-everyone", "rtl-check", whole=True)
    await intake.send()
    await resident.goto(f"{windows.url}/cases/{intake.case}")
    await eyes(resident)
    await film(resident, "for-everyone", "rtl-case", whole=True)
    await _is_mirrored(windows, resident)
    eyes.judge(25)


async def _is_mirrored(windows: Windows, page: Page) -> None:
    """What points onward points left, and a telephone number is still read from its first figure."""
    await page.goto(f"{windows.url}/home")
    chevron = page.locator(".lj-card > .lj-icon").first
    assert await chevron.evaluate("(one) => getComputedStyle(one).scale") == "-1 1"
    card, arrow = await page.locator(".lj-card").first.bounding_box(), await chevron.bounding_box()
    assert card and arrow
    assert arrow["x"] < card["x"] + card["width"] / 2
    await page.goto(f"{windows.url}/support")
    assert await page.locator(".lj-call-line a").evaluate("(one) => getComputedStyle(one).direction") == "ltr"


async def test_outside_the_demo_and_without_the_setting_nobody_can_choose_it(windows: Windows) -> None:
    windows.watch.expect("status of 422")
    page = await windows.open(_NARROW)
    await page.context.add_cookies([{"name": "linjen-language", "value": "qps", "url": windows.url}])
    await page.goto(windows.url)
    assert await page.evaluate("document.documentElement.lang") == "sv"
    answer = await page.request.post(f"{windows.url}/language", form={"language": "qps", "next": "/"}, max_redirects=0)
    assert answer.status == 422
