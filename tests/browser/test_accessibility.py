"""Every page and state once: axe finds nothing, 320 pixels are wide enough, and the first view is light."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Request, expect

from linjen.demo.world import id_of
from linjen.web.resident.statement import read_statement
from tests.browser.talking import close, say, take
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow
from tests.browser.writing_in import Intake, ask, make_picture, write_in

_UNIT = f"/manage/units/{id_of('unit/ankaret')}"
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


class Looker:
    """Looks at pages and keeps what is wrong with them, so that one run tells everything."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.looked = 0

    async def __call__(self, page: Page) -> None:
        """Look at the page as it is now."""
        self.looked += 1
        where = page.url.split("/", 3)[-1]
        async with asyncio.timeout(60):  # what runs in a page has no limit of its own
            results = await Axe().run(page, options=_RULES)
        for one in results.response["violations"]:
            if read_statement().excuses(one["id"], urlsplit(page.url).path):
                continue  # told in the accessibility statement, with the day on which it is mended
            nodes = [f"{node['target']} {node['html'][:160]}" for node in one["nodes"][:3]]
            self.found.append(f"{where}: {one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(nodes))
        wide = await scroll_overflow(page)
        if wide > 0:
            size = page.viewport_size or {"width": 0}
            self.found.append(f"{where}: {wide} px wider than its {size['width']} px")


@pytest.fixture
async def look() -> AsyncIterator[Looker]:
    """Fails the test with everything that was found."""
    looker = Looker()
    yield looker
    assert looker.looked
    assert not looker.found, "\n".join(looker.found)


async def test_the_pages_of_who_has_not_signed_in(windows: Windows, look: Looker) -> None:
    windows.watch.expect("status of 404")
    page = await windows.open(SMALL)
    for path in (
        "/",
        "/sign-in",
        "/support",
        "/accessibility",
        "/privacy",
        "/complaints",
        "/offline",
        "/clinic/sign-in",
        "/parts",
    ):
        await page.goto(windows.url + path)
        await look(page)
    await page.goto(f"{windows.url}/there-is-no-such-page")
    await look(page)
    for button in ("Mobilt BankID på annan enhet", "BankID på den här enheten"):
        await page.goto(f"{windows.url}/sign-in")
        await page.get_by_role("button", name=button).click()
        await page.wait_for_url("**/sign-in/bankid/*")
        await look(page)
        await page.get_by_role("button", name="Avbryt").click()
        await expect(page.locator("h1")).to_have_text("Logga in")
    await _turned_back_in_the_app(windows, page)
    await expect(page.locator("h1")).to_have_text("Inloggningen avslutades")
    await look(page)


async def _turned_back_in_the_app(windows: Windows, page: Page) -> None:
    await page.goto(f"{windows.url}/sign-in")
    await page.get_by_role("button", name="Mobilt BankID på annan enhet").click()
    async with page.context.expect_page() as opened:
        await page.locator("#bankid-order a[target=_blank]").click()
    phone = await opened.value
    await phone.get_by_role("button", name="Skanna QR-koden på skärmen").first.click()
    await phone.get_by_role("button", name="Avbryt").click()
    await phone.close()


async def test_the_pages_of_the_intake(windows: Windows, look: Looker, tmp_path: Path) -> None:
    windows.watch.expect("status of 422")
    page = await windows.resident("Astrid Nyberg", SMALL)
    await look(page)
    intake = await Intake(page, look).begin()
    await _press_empty(page, look)
    await (await intake.to_own_words()).write("Jag har ont i halsen och feber sedan fyra dagar")
    await _press_empty(page, look)
    await intake.answer({"gen.fever": "yes", "gen.duration_days": "4"})
    await intake.to_pictures()
    await intake.add_picture(make_picture(tmp_path))
    await look(page)
    (tmp_path / "inte-en-bild.jpg").write_text("Det här är ingen bild.")
    await page.locator("input[type=file]#picture").set_input_files(tmp_path / "inte-en-bild.jpg")
    await expect(page.locator("#error-summary")).to_be_visible()
    await look(page)
    await intake.to_check()
    await intake.send()
    assert {"patient", "unit", "consent", "fee", "words", "reasons", "questions", "extra", "check", "receipt"} <= set(
        intake.seen
    )


async def _press_empty(page: Page, look: Looker) -> None:
    """Go on without an answer, and look at how the page says so."""
    await page.locator("main form button[value=next]").click()
    await expect(page.locator("#error-summary")).to_be_visible()
    await look(page)


async def test_the_pages_that_come_seldom(windows: Windows, look: Looker) -> None:
    windows.watch.expect("status of 422")
    page = await windows.resident("Amina Warsame", SMALL)
    intake = await Intake(page, look).begin()
    await (await intake.to_own_words()).write("Jag har lite ont i halsen")
    await intake.answer()
    assert intake.place == "self-care"
    await page.get_by_role("button", name="Jag följer råden").click()
    await page.wait_for_url("**/advice")
    await look(page)
    await page.goto(f"{windows.url}/home")
    await (await (await Intake(page).begin()).to_own_words()).write("Jag har ont i halsen")
    await Intake(page).answer({"neuro.face_droop": "yes"})
    await expect(page.get_by_role("heading", name="Ring 112 nu")).to_be_visible()
    await look(page)
    await _sent_all_the_same(windows, page, look)
    await page.goto(f"{windows.url}/home")
    french = await (await Intake(page).begin()).to_own_words()
    french.at_each = look
    await french.write("Je suis très triste et je ne dors pas", "ovrigt")
    assert "language" in french.seen
    await page.goto(f"{windows.url}/home")
    question = await Intake(page, look).begin("admin")
    await (await question.to_own_words()).write("Jag har feber och ont i bröstet när jag andas. Vilka tider har ni?")
    await _infant(windows, look)


async def _sent_all_the_same(windows: Windows, page: Page, look: Looker) -> None:
    """The receipt of who was told to call 112 and wants the case to be queued, too."""
    site, before = windows.demo.site, windows.demo.site.settings
    site.settings = msgspec.structs.replace(before, emergency_may_queue=True)
    try:
        await page.reload()
        await page.get_by_role("button", name="Skicka ändå till vården").click()
        await page.wait_for_url("**/receipt")
        await look(page)
    finally:
        site.settings = before


async def _infant(windows: Windows, look: Looker) -> None:
    page = await windows.resident("Astrid Nyberg", SMALL)
    await Intake(page).begin()
    await page.get_by_label("Vera").check()
    await page.locator("main form button[value=next]").click()
    await page.wait_for_url("**/infants/**")
    await look(page)
    await _press_empty(page, look)
    while await page.get_by_label("Inget av detta").count():
        await page.get_by_label("Inget av detta").check()
        await page.locator("main form button[value=next]").click()
        await page.wait_for_load_state()
    await expect(page.locator("h1")).to_have_text("Ring 1177")
    await look(page)


async def test_a_case_from_both_sides_through_its_life(windows: Windows, look: Looker) -> None:
    resident = await windows.resident("Gustav Öberg", SMALL)
    for path in (
        "/cases", "/profile", "/profile/notices", "/profile/needs", "/profile/consents", "/profile/blocks", "/support",
        "/home",
    ):  # fmt: skip
        await resident.goto(windows.url + path)
        await look(resident)
    case = await write_in(resident, facts={"gen.fever": "yes", "gen.duration_days": "4"})
    for path in (f"/cases/{case}/corrections", "/corrections", "/openings", f"/cases/{case}"):
        await resident.goto(windows.url + path)
        await look(resident)
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await look(karin)
    await karin.goto(f"{windows.url}/clinic/cases/{case}")
    await look(karin)
    await karin.goto(f"{windows.url}/clinic/ledger")
    await take(karin, case)
    await say(karin, "Hej Gustav! Hur mår du nu?")
    await say(resident, "Lite bättre.")
    await expect(karin.locator("#thread")).to_contain_text("Lite bättre.")
    for page in (karin, resident):
        await look(page)
    for path in ("/clinic/silent", "/clinic/sms"):  # with nothing in them; test_clinic_pages.py goes to all others
        await karin.goto(windows.url + path)
        await look(karin)
    await resident.locator("#composer-text").fill("Jag undrar en sak till")
    await _seen_by_a_colleague_and_closed(windows, look, karin, case)
    await expect(resident.locator("#case-status")).to_contain_text("Avslutat")
    await expect(resident.locator("#unsent-text")).to_have_value("Jag undrar en sak till")
    await look(resident)


async def _seen_by_a_colleague_and_closed(windows: Windows, look: Looker, karin: Page, case: str) -> None:
    windows.watch.expect("status of 4(09|22)")
    bo = await windows.nurse("Bo Hellström", SMALL)
    await look(bo)
    await bo.goto(f"{windows.url}/clinic/cases/{case}")
    await look(bo)
    await karin.goto(f"{windows.url}/clinic/cases/{case}/closings")
    await look(karin)
    await karin.get_by_role("button", name="Avsluta ärendet").click()
    await expect(karin.locator("#error-summary")).to_be_visible()
    await look(karin)
    await karin.goto(f"{windows.url}/clinic/cases/{case}")
    await close(karin, "Råd och egenvård")
    for path in (f"/clinic/cases/{case}", "/clinic/document", f"/clinic/cases/{case}/record"):
        await karin.goto(windows.url + path)
        await look(karin)


async def test_the_other_pages_of_the_staff(windows: Windows, look: Looker) -> None:
    windows.watch.expect("status of 40[34]")
    petra = await windows.nurse("Petra Sund", SMALL)
    await petra.goto(f"{windows.url}/clinic/units")
    await look(petra)
    for name, paths in (
        ("Ivar Norén", ["/clinic"]),
        ("Disa Holm", ["/manage/phrases", "/manage/triage-quality", "/manage/triage-quality?reason=halsont",
                       f"{_UNIT}/reply-days", f"{_UNIT}/handovers", f"{_UNIT}/queues", f"{_UNIT}/deadlines",
                       f"{_UNIT}/hours"]),
        ("Maja Ek", ["/manage", "/manage/users", "/manage/units"]),
    ):  # fmt: skip
        page = await windows.open(SMALL)
        await page.goto(f"{windows.url}/clinic")
        await page.get_by_role("link", name="Logga in med SITHS").click()
        await page.get_by_role("link", name=name).click()
        await expect(page.locator("h1")).to_be_visible()
        await look(page)
        for path in paths:
            await page.goto(windows.url + path)
            await look(page)
    await page.get_by_role("link", name="Hälsocentralen Ankaret").click()
    await expect(page.locator("h1")).to_have_text("Hälsocentralen Ankaret")
    await look(page)
    await page.goto(f"{windows.url}/clinic/units")
    await look(page)


async def test_dark_and_every_part(windows: Windows, look: Looker) -> None:
    resident = await windows.resident("Gustav Öberg", PHONE, color_scheme="dark")
    case = await ask(resident, "Jag vill förnya mitt recept.")
    for path in ("/home", "/cases", f"/cases/{case}", "/parts", "/"):
        await resident.goto(windows.url + path)
        await look(resident)
    karin = await windows.nurse("Karin Lindqvist", DESKTOP, color_scheme="dark")
    for path in ("/clinic/ledger", f"/clinic/cases/{case}", "/parts"):
        await karin.goto(windows.url + path)
        await look(karin)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/home", "/cases", "/clinic/sign-in", "/clinic/ledger"])
async def test_the_first_view_of_a_page_weighs_less_than_150_kb_in_twelve_requests(windows: Windows, path: str) -> None:
    """Measured as it comes over the line into a browser that has kept nothing."""
    signed_in = {"/home": windows.resident, "/cases": windows.resident, "/clinic/ledger": windows.nurse}.get(path)
    if signed_in:
        page = await signed_in("Gustav Öberg" if "clinic" not in path else "Karin Lindqvist", PHONE)
        fresh = await windows.open(PHONE, storage_state=await page.context.storage_state())
    else:
        fresh = await windows.open(PHONE)
    requests: list[Request] = []
    fresh.on("requestfinished", lambda one: requests.append(one))  # noqa: PLW0108 - the driver marks what it is given
    await fresh.goto(windows.url + path, wait_until="load")
    await fresh.wait_for_timeout(500)
    weight = 0
    for one in requests:
        sizes = await one.sizes()
        weight += sizes["responseBodySize"] + sizes["responseHeadersSize"]
    assert "clinic" in path or len(requests) <= 12, [one.url for one in requests]
    assert 1_000 < weight < 150_000, {one.url: (await one.sizes())["responseBodySize"] for one in requests}
