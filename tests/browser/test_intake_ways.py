"""Ways through the interview as people meet it: one tap, nothing fits, no network, a quick way out."""

from __future__ import annotations

from playwright.async_api import Route, expect

from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_resident
from tests.browser.writing_in import Intake


async def test_an_adult_confirms_what_she_wrote_with_one_tap(windows: Windows) -> None:
    page = await windows.resident("Selma Lund", PHONE)
    intake = await Intake(page).begin()
    words = "Jag har ont i halsen, hostar och har haft feber i tre dagar"
    await (await intake.to_own_words()).write(words, "halsont")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Du skrev det här. Stämmer det?")
    await expect(page.get_by_text("Du skrev ”feber”.")).to_be_visible()
    await expect(page.locator("main input:checked")).to_have_count(0)
    await intake.press_all_right()
    assert await intake.answer() >= 3
    await expect(page.get_by_text("Vi har frågat klart.")).to_be_visible()
    await intake.to_check()
    await expect(page.locator("main")).to_contain_text("3 dagar")
    await intake.send()


async def test_when_nothing_fits_a_human_reads(windows: Windows) -> None:
    page = await windows.resident("Valter Ros", PHONE)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write("Jag känner mig konstig i kroppen", "ovrigt")
    await intake.answer()
    assert intake.place != "self-care"
    await intake.to_check()
    case = await intake.send()
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await expect(karin.locator(f"#case-{case}")).to_be_visible()


async def test_what_was_written_while_the_network_was_gone_is_kept_once_it_is_back(windows: Windows) -> None:
    windows.watch.expect("ERR_INTERNET_DISCONNECTED")
    phone = await windows.resident("Tage Holm", PHONE)
    intake = await (await Intake(phone).begin()).to_own_words()
    await phone.context.set_offline(True)
    await phone.locator("#text").fill("Jag har hostat i en vecka")
    async with phone.expect_event("requestfailed"):
        pass  # it is tried, and comes to nothing
    await phone.context.set_offline(False)
    async with phone.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        pass  # and tried again
    desk = await windows.resident("Tage Holm", DESKTOP)
    await desk.goto(f"{windows.url}/intakes/{intake.case}/words")
    await expect(desk.locator("#text")).to_have_value("Jag har hostat i en vecka")


async def test_the_quick_way_out_leaves_nothing_behind(windows: Windows) -> None:
    windows.watch.expect("request to another host: https://www.smhi.se/")
    page = await windows.open(PHONE)
    await sign_in_resident(page, windows.url, "Nadja Falk")  # a session of its own, which ends here

    async def elsewhere(route: Route) -> None:
        await route.fulfill(body="<title>Väder</title><h1>Väder</h1>", content_type="text/html; charset=utf-8")

    await page.context.route("https://www.smhi.se/**", elsewhere)
    intake = await Intake(page).begin()
    await intake.to_own_words()
    out = page.get_by_role("link", name="Lämna sidan snabbt")
    await expect(out).to_have_attribute("href", "https://www.smhi.se/")
    await out.click()
    await page.wait_for_url("https://www.smhi.se/")
    await page.go_back()
    await page.wait_for_load_state()
    assert "/words" not in page.url, "the page that was left is gone from the history"
    await page.goto(f"{windows.url}/home")
    assert "/sign-in" in page.url, "the session has ended"
