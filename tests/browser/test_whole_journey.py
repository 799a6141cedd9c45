"""From "ont i halsen" to an answered and closed case, in windows side by side."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser import writing_in
from tests.browser.pictures import take_picture
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_nurse, sign_in_resident


async def test_a_sore_throat_is_answered_and_closed_in_two_windows(windows: Windows, tmp_path: Path) -> None:
    resident = await windows.open(PHONE)
    karin, bo = await windows.open(DESKTOP), await windows.open(DESKTOP)
    await sign_in_nurse(karin, windows.url, "Karin Lindqvist")
    await sign_in_nurse(bo, windows.url, "Bo Hellström")
    await sign_in_resident(resident, windows.url, "Gustav Öberg")
    case = await _write_in(resident, writing_in.make_picture(tmp_path))
    for nurse in (karin, bo):
        await expect(nurse.locator(f"#case-{case}")).to_be_visible(timeout=2000)
    await _take(karin, bo, case)
    await resident.get_by_role("link", name="Öppna ärendet").click()
    await _talk(resident, karin)
    await _draft_survives(karin)
    await _close(karin, "Råd och egenvård")
    await _read_afterwards(resident, case)


async def _write_in(resident: Page, picture: Path) -> str:
    await take_picture(resident, "home-on-a-phone")
    await writing_in.begin(resident)
    await writing_in.to_own_words(resident)
    await resident.locator("#text").fill(writing_in.WORDS)
    await writing_in.onward(resident)
    await writing_in.choose_first_reasons(resident)
    await take_picture(resident, "a-question")
    assert await writing_in.answer_questions(resident, {"gen.fever": "yes", "gen.duration_days": "4"}) >= 3
    case = await writing_in.finish(resident, picture)
    await expect(resident.get_by_role("heading", level=1)).to_have_text("Tack! Ditt ärende är skickat")
    return case.rsplit("/", 1)[-1]


async def _take(karin: Page, bo: Page, case: str) -> None:
    row = karin.locator(f"#case-{case}")
    await expect(row).to_contain_text("67 år")
    await expect(row.get_by_role("img", name="Har bild")).to_be_visible()
    await take_picture(karin, "the-ledger")
    await row.get_by_role("button", name="Ta emot").click()
    await karin.wait_for_url(f"**/clinic/cases/{case}*")
    await expect(bo.locator(f"#ledger-queued #case-{case}")).to_have_count(0, timeout=3000)
    await expect(bo.locator(f"#ledger-held #case-{case}")).to_contain_text("Karin")
    await expect(karin.get_by_role("heading", level=1)).to_contain_text("Gustav Öberg")
    await expect(karin.locator(".lj-thumbs img")).to_have_count(1)


async def _talk(resident: Page, karin: Page) -> None:
    theirs, ours = karin.locator("#thread"), resident.locator("#thread")
    await resident.locator("#composer-text").tap()
    await karin.locator("#composer-text").press_sequentially("Hej Gustav!", delay=20)
    await expect(resident.locator("#typing")).to_contain_text("Karin")
    await karin.locator("#composer-text").fill("Hej Gustav! Hur mycket feber har du?")
    await karin.get_by_role("button", name="Skicka", exact=True).click()
    await expect(ours).to_contain_text("Hur mycket feber har du?", timeout=3000)
    await expect(theirs.locator("[data-mark]").last).to_have_text("Läst", timeout=6000)
    await resident.locator("#composer-text").fill("Hej! 38,4 i morse.")
    await resident.get_by_role("button", name="Skicka", exact=True).click()
    await expect(ours.locator("[data-mark]").last).to_have_text("Levererat", timeout=5000)
    await expect(theirs).to_contain_text("38,4 i morse", timeout=3000)
    await expect(ours.locator("[data-mark]").last).to_have_text("Läst", timeout=6000)
    await take_picture(karin, "a-case-with-chat")
    await take_picture(resident, "chat-on-a-phone")


async def _draft_survives(karin: Page) -> None:
    await karin.locator("#composer-text").fill("Vila, drick mycket och hör av dig om")
    await expect(karin.locator("#draft-state")).to_have_text("Sparat utkast")
    await karin.reload()
    await expect(karin.locator("#composer-text")).to_have_value("Vila, drick mycket och hör av dig om")
    await karin.locator("#composer-text").fill("Vila och drick mycket. Hör av dig om febern stiger.")
    await karin.get_by_role("button", name="Skicka", exact=True).click()
    await expect(karin.locator("#thread [data-mark]").last).to_have_text("Levererat", timeout=5000)
    await expect(karin.locator("#composer-text")).to_have_value("")


async def _close(karin: Page, reason: str) -> None:
    await karin.get_by_role("link", name="Avsluta").click()
    await karin.get_by_label(reason).check()
    await karin.get_by_role("button", name="Avsluta ärendet").click()
    await karin.wait_for_url("**/clinic/ledger*")
    await expect(karin.get_by_text("Ärendet är avslutat.")).to_be_visible()


async def _read_afterwards(resident: Page, case: str) -> None:
    await expect(resident.locator("#case-status")).to_contain_text("Avslutat", timeout=5000)
    await expect(resident.locator("#composer")).to_have_count(0)
    await resident.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Mina ärenden").click()
    await resident.locator(f"a[href='/cases/{case}']").click()
    await expect(resident.locator("#thread")).to_contain_text("Hör av dig om febern stiger.")
