"""What a resident meets first on her pages: the nearest way to sign in, 112 at once, and what she is about to send."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import Intake

#: A phone of today, and what can be seen of a page on it when it opens.
TALL_PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

_SAME, _OTHER = "BankID på den här enheten", "Mobilt BankID på annan enhet"


@pytest.mark.parametrize(("size", "wanted"), [(TALL_PHONE, [_SAME, _OTHER]), (DESKTOP, [_OTHER, _SAME])])
@pytest.mark.parametrize("script", [True, False])
async def test_the_nearest_way_to_sign_in_comes_first_as_seen_and_as_tabbed(
    windows: Windows, size: dict[str, Any], wanted: list[str], script: bool
) -> None:
    page = await windows.open(size, java_script_enabled=script)
    await page.goto(f"{windows.url}/sign-in")
    buttons = page.locator("main form button:visible")
    assert [text.strip() for text in await buttons.all_inner_texts()] == wanted
    tops = [(await one.bounding_box() or {"y": 0})["y"] for one in await buttons.all()]
    assert tops == sorted(tops)
    if not script:
        return
    await page.locator("#main").focus()
    for words in wanted:
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name=words)).to_be_focused()


@pytest.mark.parametrize("size", [TALL_PHONE, DESKTOP])
async def test_the_first_page_says_112_without_being_scrolled(windows: Windows, size: dict[str, Any]) -> None:
    page = await windows.open(size)
    await page.goto(windows.url)
    box = await page.get_by_role("main").get_by_role("link", name="Ring 112").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < size["viewport"]["height"] / 3


async def test_the_first_view_on_a_small_phone_says_who_is_there_for_whom_and_when_an_answer_comes(
    windows: Windows,
) -> None:
    page = await windows.open(PHONE)
    await page.goto(windows.url)
    for words in ("vårdenheter har öppet nu", "för dig själv eller för ditt barn"):
        await expect(page.get_by_text(words)).to_be_in_viewport(ratio=1)
    await expect(
        page.get_by_role("button", name="Sök vård").or_(page.get_by_role("link", name="Sök vård"))
    ).to_be_in_viewport()
    home = await windows.resident("Astrid Nyberg", PHONE)
    await expect(home.get_by_text("Hälsocentralen Ankaret är").first).to_be_in_viewport(ratio=1)


async def test_what_was_answered_no_is_folded_before_sending_and_can_be_changed(windows: Windows) -> None:
    page = await windows.resident("Gustav Öberg", TALL_PHONE)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write()
    await intake.answer({"gen.fever": "yes", "gen.duration_days": "4", "pain.severity": "4"})
    await intake.to_check()
    fold = page.locator("details:has(> summary:text('Det här svarade du nej på ('))")
    many = int((await fold.locator("summary").inner_text()).split("(")[1].split(")")[0])
    assert many >= 10
    shown = page.locator("main dd:visible")
    assert "Nej" not in await shown.all_inner_texts()
    assert {"Ja", "4 dagar", "4 av 10"} <= set(await shown.all_inner_texts())
    await fold.locator("summary").tap()
    assert await fold.locator("dd:visible", has_text="Nej").count() == many
    asked = await fold.locator("dt").first.inner_text()
    await fold.get_by_role("link", name="Ändra").first.tap()
    await page.wait_for_url("**/questions/*")
    await expect(page.locator("main form")).to_contain_text(asked)


async def test_a_visitor_of_the_demo_finds_a_case_with_a_picture(windows: Windows) -> None:
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    row = nurse.locator("#ledger-queued tr", has=nurse.get_by_role("img", name="Har bild")).filter(has_text="45 år")
    case = str(await row.get_attribute("id")).removeprefix("case-")
    await nurse.goto(f"{windows.url}/clinic/cases/{case}")
    picture = nurse.locator(".lj-thumbs img")
    await expect(picture).to_have_count(1)
    await picture.scroll_into_view_if_needed()
    assert await picture.evaluate("async one => { await one.decode(); return one.naturalWidth; }") == 320
