"""From "ont i halsen" to an answered and closed case, in windows side by side."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.pictures import take_picture
from tests.browser.talking import close, say, take
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow, sign_in_nurse, sign_in_resident
from tests.browser.writing_in import Intake, make_picture, write_in


async def test_a_sore_throat_is_answered_and_closed_in_two_windows(windows: Windows, tmp_path: Path) -> None:
    resident = await windows.open(PHONE)
    karin, bo = await windows.open(DESKTOP), await windows.open(DESKTOP)
    await sign_in_nurse(karin, windows.url, "Karin Lindqvist")
    await sign_in_nurse(bo, windows.url, "Bo Hellström")
    await sign_in_resident(resident, windows.url, "Gustav Öberg")
    case = await _write_in(resident, make_picture(tmp_path))
    for nurse in (karin, bo):
        await expect(nurse.locator(f"#case-{case}")).to_be_visible()
    await _take(karin, bo, case)
    await resident.get_by_role("link", name="Öppna ärendet").click()
    await _talk(resident, karin)
    await _draft_survives(karin)
    await close(karin, "Råd och egenvård")
    await _read_afterwards(resident, case)


async def _write_in(resident: Page, picture: Path) -> str:
    await take_picture(resident, "home-on-a-phone")
    intake = await Intake(resident).begin()
    await (await intake.to_own_words()).write()
    await take_picture(resident, "a-question")
    facts = {"gen.fever": "yes", "gen.temp": "38,4", "gen.fever_days": "4", "gen.duration_days": "4"}
    assert await intake.answer(facts) >= 3
    await intake.to_check(picture)
    case = await intake.send()
    await expect(resident.get_by_role("heading", level=1)).to_have_text("Tack! Ditt ärende är skickat")
    return case


async def _take(karin: Page, bo: Page, case: str) -> None:
    row = karin.locator(f"#case-{case}")
    await expect(row).to_contain_text("67 år")
    await expect(row.get_by_role("img", name="Har bild")).to_be_visible()
    await take_picture(karin, "the-ledger")
    await take(karin, case)
    await expect(bo.locator(f"#ledger-queued #case-{case}")).to_have_count(0)
    await expect(bo.locator(f"#ledger-held #case-{case}")).to_contain_text("Karin")
    await expect(karin.get_by_role("heading", level=1)).to_contain_text("Gustav Öberg")
    await expect(karin.locator(".lj-thumbs img")).to_have_count(1)


async def _talk(resident: Page, karin: Page) -> None:
    theirs, ours = karin.locator("#thread"), resident.locator("#thread")
    await expect(resident.locator("#chat[data-ready]")).to_be_visible()  # what is signalled before is kept nowhere
    await resident.locator("#composer-text").tap()
    await karin.locator("#composer-text").press_sequentially("Hej Gustav!", delay=20)
    await expect(resident.locator("#typing")).to_contain_text("Karin")
    await say(karin, "Hej Gustav! Hur mycket feber har du?")
    await expect(ours).to_contain_text("Hur mycket feber har du?")
    await expect(theirs.locator("[data-mark]").last).to_have_text("Läst")
    await say(resident, "Hej! 38,4 i morse.")
    await expect(ours.locator("[data-mark]").last).to_have_text("Läst")
    await expect(theirs).to_contain_text("38,4 i morse")
    await take_picture(karin, "a-case-with-chat")
    await take_picture(resident, "chat-on-a-phone")


async def _draft_survives(karin: Page) -> None:
    box = karin.locator("#composer-text")
    await box.fill("Vila, drick mycket och hör av dig om")
    await expect(karin.locator("#draft-state")).to_have_text("Sparat utkast")
    await karin.reload()
    await expect(box).to_have_value("Vila, drick mycket och hör av dig om")
    await expect(karin.locator("#chat[data-ready]")).to_be_visible()
    await say(karin, "Vila och drick mycket. Hör av dig om febern stiger.")
    await expect(karin.locator("#thread [data-mark]").last).to_have_text("Läst")
    await expect(box).to_have_value("")


async def _read_afterwards(resident: Page, case: str) -> None:
    await expect(resident.locator("#case-status")).to_contain_text("Avslutat")
    await expect(resident.locator("#composer")).to_have_count(0)
    await resident.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Mina ärenden").click()
    await resident.locator(f"a[href='/cases/{case}']").click()
    await expect(resident.locator("#thread")).to_contain_text("Hör av dig om febern stiger.")


async def test_it_works_with_the_resident_at_a_desk_and_the_nurse_on_a_phone(windows: Windows) -> None:
    nurse = await windows.nurse("Petra Sund", PHONE)
    resident = await windows.resident("Selma Lund", DESKTOP)
    case = await write_in(resident)
    await expect(nurse.locator(f"#case-{case}")).to_be_visible()
    assert await scroll_overflow(nurse) == 0, "the ledger is wider than the phone"
    await take(nurse, case)
    assert await scroll_overflow(nurse) == 0, "the case page is wider than the phone"
    await resident.get_by_role("link", name="Öppna ärendet").click()
    await say(nurse, "Hej Selma! Kan du svälja vatten?")
    await expect(resident.locator("#thread")).to_contain_text("Kan du svälja vatten?")
    await say(resident, "Ja, det går bra.")
    await expect(nurse.locator("#thread")).to_contain_text("Ja, det går bra.")
    await close(nurse, "Råd och egenvård")
    await expect(resident.locator("#case-status")).to_contain_text("Avslutat")
