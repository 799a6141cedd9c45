"""The ways through the interview as people meet it: a child, chest pain, advice on paper, nothing fits, two devices."""

from __future__ import annotations

from playwright.async_api import Page, Route, expect

from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow, sign_in_resident
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


async def test_a_parent_answers_for_her_child_by_name(windows: Windows) -> None:
    page = await windows.resident("Astrid Nyberg", PHONE)

    async def names_the_child(page: Page) -> None:
        await expect(page.locator("main")).to_contain_text("Gäller Elsa")
        assert await scroll_overflow(page) == 0

    intake = await Intake(page).begin()
    await intake.to_own_words(child="Elsa")
    intake.at_each = names_the_child
    await intake.write("Elsa har ont i halsen och feber sedan i går", "halsont")
    asked = []
    while intake.place == "questions":
        asked.append(await page.locator("main").inner_text())
        await intake.fill_in({})
        await intake.onward()
    assert any("Har Elsa" in text for text in asked)
    assert not any("Har du svårt att andas" in text for text in asked)
    await intake.to_check()
    await intake.send()


async def test_chest_pain_leads_to_112_at_once(windows: Windows) -> None:
    page = await windows.resident("Edvin Strand", PHONE)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write("Det trycker över bröstet och strålar ut i armen", "brostsmarta")
    assert intake.place == "questions"
    await expect(page.get_by_role("heading", level=1)).to_have_text("Du skrev det här. Stämmer det?")
    await expect(page.get_by_role("button", name="Ja, allt stämmer")).to_have_count(0)
    await intake.fill_in({"chest.pressure": "yes", "chest.pain": "yes", "chest.radiates": "yes"})
    await intake.onward()
    assert intake.place == "emergency"
    alert = page.get_by_role("alert").first
    await expect(alert.locator("a[href='tel:112']")).to_be_in_viewport()
    await page.go_back()
    await page.goto(f"{windows.url}/intakes/{intake.case}")
    assert intake.place == "emergency", "it stays until the answer is changed"


async def test_advice_can_be_printed_and_followed(windows: Windows) -> None:
    page = await windows.resident("Joel Sand", DESKTOP)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write("Jag har lite ont i halsen", "halsont")
    await intake.answer()
    assert intake.place == "self-care"
    await page.evaluate("() => { globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; }; }")
    await page.get_by_role("button", name="Skriv ut").click()
    assert await page.evaluate("globalThis.printed") == 1
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", name="Så lindrar du ont i halsen")).to_be_visible()
    for gone in (page.get_by_role("button", name="Jag följer råden"), page.get_by_text("Lämna sidan snabbt")):
        await expect(gone).not_to_be_visible()
    await page.emulate_media(media="screen")
    await page.get_by_role("button", name="Jag följer råden").click()
    await page.wait_for_url("**/advice")
    await expect(page.get_by_role("button", name="Jag vill ha kontakt med vården")).to_be_visible()


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


async def test_who_goes_on_at_another_device_finds_every_answer(windows: Windows) -> None:
    phone = await windows.resident("Tage Holm", PHONE)
    intake = await Intake(phone).begin()
    await (await intake.to_own_words()).write("Jag har ont i halsen", "halsont")
    await intake.fill_in({"resp.dyspnea": "no"})
    await intake.onward()
    await intake.fill_in({})
    await intake.onward()
    await phone.context.set_offline(True)
    desk = await windows.resident("Tage Holm", DESKTOP)
    await desk.get_by_role("main").get_by_role("link", name="Fortsätt").first.click()
    await desk.wait_for_url("**/questions/3")
    await desk.goto(f"{windows.url}/intakes/{intake.case}/questions/1")
    await expect(desk.locator("main input:checked")).to_have_count(1)
    await desk.goto(f"{windows.url}/intakes/{intake.case}/words")
    await expect(desk.locator("#text")).to_have_value("Jag har ont i halsen")


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
