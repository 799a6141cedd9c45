"""What is being written when a page is left is there afterwards, and what was sent never stands in the box again."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from linjen.cases.talk.drafts import Typed
from linjen.demo.running import Demo
from tests.browser.talking import take
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask


async def _begun(windows: Windows) -> tuple[Page, str]:
    """A resident's window on a case of hers that somebody holds."""
    resident = await windows.resident("Rut Engman", PHONE)
    case = await ask(resident, "Jag vill förnya mitt recept.")
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await resident.goto(f"{windows.url}/cases/{case}")
    await expect(resident.locator("#chat[data-ready]")).to_be_attached()
    return resident, case


async def _elsewhere(windows: Windows, case: str) -> Page:
    """Another window of hers, which knows nothing of what the first one did."""
    other = await windows.resident("Rut Engman", DESKTOP)
    await other.goto(f"{windows.url}/cases/{case}")
    await expect(other.locator("#chat[data-ready]")).to_be_attached()
    return other


async def test_a_slow_save_does_not_put_what_was_sent_back_into_the_box(
    windows: Windows, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident, case = await _begun(windows)
    saves: list[str] = []
    go_on = asyncio.Event()
    submit = demo.site.drafts.submit

    async def hold_the_first(typed: Typed) -> None:
        saves.append(typed.text)
        if len(saves) == 1:
            await go_on.wait()
        await submit(typed)

    monkeypatch.setattr(demo.site.drafts, "submit", hold_the_first)
    box = resident.locator("#composer-text")
    await box.fill("Det är blodtrycksmedicinen.")
    await expect(resident.locator("#draft-state")).to_have_text("Sparar utkast")
    await resident.locator("#composer button[type=submit]").click()
    await expect(resident.locator("#thread .lj-bubble--mine", has_text="blodtryck")).to_have_attribute(
        "data-seq", re.compile(r"\d")
    )
    go_on.set()
    await expect(resident.locator("#draft-state")).to_have_text("")
    await asyncio.sleep(2)
    assert saves == ["Det är blodtrycksmedicinen.", ""]
    rows = "select count(*) from drafts where case_id = $1"
    assert await demo.site.database.fetch_value(rows, UUID(case)) == 0
    await expect((await _elsewhere(windows, case)).locator("#composer-text")).to_have_value("")


async def test_who_leaves_right_after_sending_has_sent_it_and_finds_an_empty_box(windows: Windows) -> None:
    resident, case = await _begun(windows)
    await resident.locator("#composer-text").fill("Det är blodtrycksmedicinen.")
    await expect(resident.locator("#draft-state")).to_have_text("Sparat utkast")
    await resident.evaluate(
        "() => { document.querySelector('#composer button').click(); location.assign('/home'); }"
    )  # fmt: skip
    await resident.wait_for_url("**/home")
    other = await _elsewhere(windows, case)
    await expect(other.locator("#thread .lj-bubble--mine", has_text="blodtrycksmedicinen")).to_have_count(1)
    await expect(other.locator("#composer-text")).to_have_value("")


async def test_who_leaves_while_writing_finds_her_words_again(windows: Windows) -> None:
    resident, case = await _begun(windows)
    await resident.locator("#composer-text").fill("Jag glömde")
    await expect(resident.locator("#draft-state")).to_have_text("Sparat utkast")
    await resident.locator("#composer-text").press_sequentially(" en sak")
    await resident.evaluate("location.assign('/home')")
    await resident.wait_for_url("**/home")
    await expect((await _elsewhere(windows, case)).locator("#composer-text")).to_have_value("Jag glömde en sak")


@pytest.mark.parametrize("slow_s", [0, 1])
async def test_a_page_opened_again_at_once_has_the_last_words(
    windows: Windows, demo: Demo, monkeypatch: pytest.MonkeyPatch, slow_s: float
) -> None:
    """Even when the page overtakes what was being written, it comes into the box by itself."""
    resident, _ = await _begun(windows)
    box = resident.locator("#composer-text")
    await box.fill("Jag glömde")
    await expect(resident.locator("#draft-state")).to_have_text("Sparat utkast")
    submit = demo.site.drafts.submit

    async def slowly(typed: Typed) -> None:
        await asyncio.sleep(slow_s)
        await submit(typed)

    monkeypatch.setattr(demo.site.drafts, "submit", slowly)
    await box.press_sequentially(" en sak")
    await resident.reload()
    await expect(box).to_have_value("Jag glömde en sak")
    await box.press("ControlOrMeta+End")
    await box.press_sequentially(" till")
    await expect(resident.locator("#draft-state")).to_have_text("Sparat utkast")
    await resident.reload()
    await expect(box).to_have_value("Jag glömde en sak till")
