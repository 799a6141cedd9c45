"""The journeys of a shift, K1–K5, K8–K10 and K14, filmed step by step; docs/clinic-checklist.md lists all of them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from linjen.demo.drawing import draw_rash
from tests.browser.pictures import film
from tests.browser.shift import SIZES, Shift, nurse_at, take_from
from tests.browser.talking import say
from tests.browser.windows import DESKTOP, PHONE, Windows


@pytest.mark.parametrize("size", SIZES)
async def test_k1_a_shift_begins_with_forty_waiting(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    cases = await shift.morning(40)
    ulf = await nurse_at(windows, "Ulf Dahl", size)
    rows = ulf.locator("#ledger-queued tr")
    assert await rows.count() >= 40
    assert re.match(r"\(\d{2}\) ", await ulf.title()), "how many wait stands in the tab's title"
    levels = [int(await row.get_attribute("data-priority") or 0) for row in await rows.all()]
    assert levels == sorted(levels), "the most urgent first"
    first = rows.first
    for words in ("Skyndsamt", "år", "Andningsbesvär", "senast", "Vår tur"):
        await expect(first).to_contain_text(words)
    await film(ulf, "k1", "1-the-ledger")
    if size == DESKTOP:
        seen = await rows.evaluate_all(
            "all => all.filter((one) => one.getBoundingClientRect().bottom < innerHeight).length"
        )
        assert seen >= 6, "at a small desk the first of them stand in the window"
    await ulf.locator("#ledger-filter > summary").click()
    await ulf.locator('.lj-filters input[name="level"][value="2"]').check()
    shown = ulf.locator("#ledger-queued tr:not([hidden])")
    await expect(shown).to_have_count(levels.count(2))
    await film(ulf, "k1", "2-level-two-alone")
    await ulf.keyboard.press("Escape")
    await ulf.locator("#ledger-clear").evaluate("one => one.click()")
    await expect(shown).to_have_count(len(levels))
    await ulf.get_by_role("button", name="Nästa").click()
    await ulf.wait_for_url("**/clinic/cases/*")
    await expect(ulf.locator("#case-level")).to_contain_text("Skyndsamt")
    taken = ulf.url.rpartition("/")[2].partition("#")[0].partition("?")[0]
    assert taken in cases, "the longest waiting of the most urgent"
    await film(ulf, "k1", "3-the-first-case")


async def _one_screen(page: Page) -> None:
    """Intake, talk and the box to write in, all of them in a window of 1366 × 768 that does not scroll."""
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "the page scrolls"
    for part in (".lj-anamnesis", "#thread-box", "#composer-text", "#composer button[type=submit]"):
        box = await page.locator(part).first.bounding_box()
        assert box is not None and box["y"] < 768, part
        if part.startswith("#composer"):
            assert box["y"] + box["height"] <= 768, part


@pytest.mark.parametrize("size", SIZES)
async def test_k2_an_urgent_case_comes_while_another_is_written(
    windows: Windows, shift: Shift, size: dict[str, Any]
) -> None:
    calm = await shift.arrives(4, "ryggont", "Ont i ryggen efter att ha lyft", by="lively_tage")
    ulf = await nurse_at(windows, "Ulf Dahl", size)
    await take_from(ulf, calm)
    if size == DESKTOP:
        await _one_screen(ulf)
    box = ulf.locator("#composer-text")
    await box.press_sequentially("Hej Tage! Hur länge har du")
    await film(ulf, "k2", "1-writing")
    urgent = await shift.arrives(1, "brostsmarta", "Det trycker över bröstet", by="lively_siv")
    bar = ulf.locator("#elsewhere")
    await expect(bar).to_contain_text("brådskandegrad 1")
    assert "bröst" not in (await bar.inner_text()).lower(), "nothing of the patient"
    await expect(box).to_be_focused()
    if size == DESKTOP:
        told, button = await bar.bounding_box(), await ulf.locator("#composer").bounding_box()
        assert told and button and told["x"] + told["width"] <= button["x"], "it covers the box that she writes in"
    await film(ulf, "k2", "2-told")
    await box.press_sequentially(" haft ont?")
    await expect(ulf.locator("#draft-state")).to_have_text("Sparat utkast")
    await bar.get_by_role("link").click()
    await ulf.wait_for_url("**/clinic/ledger*")
    await expect(ulf.locator("#ledger-queued tr").first).to_have_id(f"case-{urgent}")
    await film(ulf, "k2", "3-first-in-the-ledger")
    await take_from(ulf, urgent)
    await say(ulf, "Hej Siv! Ring 112 nu om det trycker fortfarande.")
    await ulf.locator(f"#my-chats a[href$='{calm}']").click()
    await expect(box).to_have_value("Hej Tage! Hur länge har du haft ont?")
    await film(ulf, "k2", "4-back-to-the-draft")


async def test_a_case_that_can_wait_does_not_call_anybody_away(windows: Windows, shift: Shift) -> None:
    mine = await shift.arrives(4, "ryggont", "Ont i ryggen", by="lively_rut")
    ulf = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    await take_from(ulf, mine)
    await shift.arrives(3, "halsont", by="lively_joel")
    await shift.arrives(2, "andningsbesvar", by="lively_joel")
    await expect(ulf.locator("#elsewhere")).to_contain_text("brådskandegrad 2")


@pytest.mark.parametrize("size", SIZES)
async def test_k3_two_nurses_on_one_case(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    windows.watch.expect("status of 409")
    case = await shift.arrives(3, "hosta", "Hostan vill inte ge med sig", by="lively_edvin")
    ulf, petra = await nurse_at(windows, "Ulf Dahl", size), await nurse_at(windows, "Petra Sund", size)
    await petra.goto(f"{windows.url}/clinic/cases/{case}")
    await expect(petra.locator("#chat[data-ready]")).to_be_attached()
    await expect(ulf.locator(f"[data-presence='{case}']")).to_have_text("Petra Sund läser")
    await film(ulf, "k3", "1-who-reads")
    # Her page is of before: the button is still there when she presses it.
    await petra.evaluate("window.kept = document.querySelector('form[action$=\"/claims\"]').cloneNode(true)")
    await take_from(ulf, case)
    await expect(petra.locator("#case-status")).to_contain_text("Ulf Dahl")
    await film(petra, "k3", "2-the-page-says-who")
    await petra.evaluate("document.body.append(window.kept); window.kept.requestSubmit()")
    await expect(petra.get_by_role("heading", level=1)).to_contain_text("Ulf Dahl")
    await film(petra, "k3", "3-second-in-line")
    await petra.get_by_role("link", name="Läs ärendet").click()
    await expect(petra.locator("#composer")).to_have_count(0)
    await ulf.locator("#composer-text").press_sequentially("Hej Edvin!")
    await expect(petra.locator(".lj-case-bar .lj-presence")).to_have_text("Ulf Dahl skriver")
    await film(petra, "k3", "4-who-writes")
    await ulf.locator("#composer-text").fill("")


async def test_k4_seven_parallel_chats(windows: Windows, shift: Shift) -> None:
    windows.watch.expect("status of 409")
    cases = [await shift.arrives(3, "halsont", by=by, waited=30 - number)
             for number, by in enumerate(("henrik", "lively_selma", "lively_tage", "lively_rut", "lively_valter",
                                          "lively_nadja", "lively_edvin", "lively_siv"))]  # fmt: skip
    ulf = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    for case in cases[:7]:
        await ulf.goto(f"{windows.url}/clinic/ledger")
        await take_from(ulf, case)
        await ulf.locator("#composer-text").fill(f"Utkast {case[:8]}")
        await expect(ulf.locator("#draft-state")).to_have_text("Sparat utkast")
    chips = ulf.locator("#my-chats a")
    await expect(chips).to_have_count(7)
    await _one_screen(ulf)
    await film(ulf, "k4", "1-seven-chats")
    waits = cases[2]
    tage = await windows.resident("Tage Holm", PHONE)
    await tage.goto(f"{windows.url}/cases/{waits}")
    await expect(tage.locator("#chat[data-ready]")).to_be_attached()
    await say(tage, "Nu har jag mätt: 38,4.")
    chip = ulf.locator(f"#my-chats a[href$='{waits}']")
    await expect(chip).to_contain_text("1 oläst")
    await expect(chip).to_have_class(re.compile("lj-chat-staff"))
    number = 1 + await chips.evaluate_all(f"all => all.findIndex((one) => one.href.endsWith('{waits}'))")
    await ulf.locator("#composer-text").press("Escape")
    await ulf.keyboard.press("g")
    await ulf.keyboard.press(str(number))
    await ulf.wait_for_url(f"**/clinic/cases/{waits}*")
    await expect(ulf.locator("#composer-text")).to_have_value(f"Utkast {waits[:8]}")
    await expect(ulf.locator("#thread")).to_contain_text("38,4")
    await film(ulf, "k4", "2-one-key-away")
    await ulf.goto(f"{windows.url}/clinic/ledger")
    await ulf.locator(f"#case-{cases[7]}").get_by_role("button", name="Ta emot").click()
    await expect(ulf.get_by_role("heading", level=1)).to_contain_text("7")
    await film(ulf, "k4", "3-the-eighth-is-asked")


@pytest.mark.parametrize("size", SIZES)
async def test_k5_a_case_goes_to_the_rehab_unit(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    case = await shift.arrives(4, "ryggont", "Ont i ryggen efter att ha lyft", by="lively_nadja")
    ulf, fadime = await nurse_at(windows, "Ulf Dahl", size), await windows.nurse("Fadime Yilmaz", size)
    await take_from(ulf, case)
    await say(ulf, "Hej Nadja! Jag frågar en fysioterapeut.")
    await ulf.get_by_role("link", name="Lämna över besök").click()
    choice = ulf.locator("#to")
    rehab = choice.locator("optgroup[label='Rehabenheten Exempel'] option", has_text="fysioterapeut").first
    await choice.select_option(index=1)
    await choice.select_option(value=str(await rehab.get_attribute("value")))
    tell = ulf.locator("#tell")
    await expect(tell).to_have_value(re.compile("till en fysioterapeut på Rehabenheten Exempel. Där finns personal"))
    await tell.fill((await tell.input_value()) + " Hälsningar Ulf")
    await choice.select_option(index=1)
    await expect(tell).to_have_value(re.compile("på Rehabenheten Exempel.*Hälsningar Ulf"))  # what she wrote stays
    await choice.select_option(value=str(await rehab.get_attribute("value")))
    await ulf.get_by_label("Till den som tar över").fill("Inga röda flaggor. Smärta 5 av 10.")
    await expect(ulf.locator("main")).to_contain_text(re.compile(r"Rehabenheten Exempel börjar arbeta|Rehabenheten"))
    await film(ulf, "k5", "1-hand-over", whole=True)
    await ulf.get_by_role("button", name="Lämna över besöket").click()
    await ulf.wait_for_url("**/clinic/ledger*")
    await fadime.goto(f"{windows.url}/clinic/ledger")
    await expect(fadime.locator(f"#ledger-queued #case-{case}")).to_be_visible()
    await film(fadime, "k5", "2-in-the-ledger-of-rehab")
    await take_from(fadime, case)
    await expect(fadime.locator("#thread")).to_contain_text("Jag frågar en fysioterapeut.")
    await expect(fadime.locator("#case-handovers")).to_contain_text("Inga röda flaggor")
    await film(fadime, "k5", "3-with-its-history")
    nadja = await windows.resident("Nadja Falk", PHONE)
    await nadja.goto(f"{windows.url}/cases/{case}")
    await expect(nadja.locator("#thread")).to_contain_text("lämnar över")
    await film(nadja, "k5", "4-the-patient-is-told")


@pytest.mark.parametrize("size", SIZES)
async def test_k8_a_picture_is_marked_for_the_archive(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    case = await shift.seed.draft("lively_selma", "symptom", "lively_selma", "bjorken", "Kliande utslag på armen")
    await shift.seed.picture("lively_selma", case, draw_rash())
    await shift.seed.send("lively_selma", case, 4, "utslag", 10)
    ulf = await nurse_at(windows, "Ulf Dahl", size)
    await take_from(ulf, str(case))
    await expect(ulf.locator(".lj-thumbs img")).to_have_count(1)
    await ulf.goto(f"{windows.url}{await ulf.locator('.lj-thumbs a').first.get_attribute('href')}")
    await film(ulf, "k8", "1-the-picture")
    await ulf.get_by_role("button", name="Spara till PACS").click()
    await expect(ulf.locator(".lj-viewer h2")).to_contain_text("Markerad för PACS")
    assert await shift.value("select archive_by is not null from pictures where case_id = $1", case)
    await film(ulf, "k8", "2-marked")
    await ulf.goto(f"{windows.url}/clinic/cases/{case}")
    await expect(ulf.locator("#case-events")).to_contain_text(re.compile("PACS|arkiv"))


@pytest.mark.parametrize("size", SIZES)
async def test_k9_the_round_of_silent_cases(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    cases = [await shift.arrives(4, "hosta", by=by) for by in ("lively_selma", "lively_valter", "lively_joel")]
    ulf = await nurse_at(windows, "Ulf Dahl", size)
    for case in cases:
        await ulf.goto(f"{windows.url}/clinic/ledger")
        await take_from(ulf, case)
        await say(ulf, "Hur är det i dag?")
        await shift.passes(case, hours=25)
    await shift.demo.site.database.execute(
        "insert into silences (case_id, since_seq, since_at, due_at, flagged_at) select id, 10000,"
        " now() - interval '25 hours', now() - interval '1 hour', now() from unnest($1::uuid[]) as a(id)"
        " on conflict (case_id) do update set since_seq = 10000, flagged_at = now()", [UUID(one) for one in cases],
    )  # fmt: skip
    await ulf.goto(f"{windows.url}/clinic/silent")
    rows = ulf.locator(".lj-work-list > li")
    await expect(rows).to_have_count(3)
    await film(ulf, "k9", "1-three-are-silent", whole=True)
    await rows.filter(has_text="Selma Lund").get_by_role("link", name="Påminn via sms").click()
    await film(ulf, "k9", "2-the-words-of-the-sms")
    await ulf.get_by_role("button", name="Skicka påminnelsen").click()
    await ulf.goto(f"{windows.url}/clinic/silent")
    await rows.filter(has_text="Valter Ros").get_by_role("link", name="Behåll").click()
    await film(ulf, "k9", "3-keep-until")
    await ulf.get_by_role("button", name="Behåll öppet").click()
    await ulf.goto(f"{windows.url}/clinic/silent")
    await expect(rows).to_have_count(1)
    await rows.get_by_role("link", name="Avsluta").click()
    await expect(ulf.locator("main")).to_contain_text("Ingen påminnelse är skickad")
    windows.watch.expect("422")
    for _ in range(2):
        await ulf.goto(f"{windows.url}/clinic/cases/{cases[2]}/closings")
        await ulf.get_by_label("Patienten har inte svarat").check()
        await ulf.get_by_role("button", name="Avsluta ärendet").click()
        if "closings" in ulf.url:
            await film(ulf, "k9", "4-not-without-a-reminder")
            await ulf.get_by_role("link", name="Påminn via sms").last.click()
            await ulf.get_by_role("button", name="Skicka påminnelsen").click()
            await shift.passes(cases[2], hours=25)
    await ulf.goto(f"{windows.url}/clinic/silent")
    await expect(rows).to_have_count(0)
    states = "select count(*) from visits where case_id = any($1::uuid[]) and state = 'in_progress'"
    assert await shift.value(states, [UUID(one) for one in cases]) == 2, "only what somebody closed is closed"
    await film(ulf, "k9", "5-the-round-is-done")


@pytest.mark.parametrize("size", SIZES)
async def test_k10_the_end_of_the_day(windows: Windows, shift: Shift, size: dict[str, Any]) -> None:
    waits, calm = [await shift.arrives(level, "hosta", by=by) for level, by in ((2, "lively_rut"), (4, "lively_siv"))]
    ulf = await nurse_at(windows, "Ulf Dahl", size)
    for case in (waits, calm):
        await ulf.goto(f"{windows.url}/clinic/ledger")
        async with ulf.expect_response("**/reads"):
            await take_from(ulf, case)
            await ulf.locator("#thread .lj-bubble").first.scroll_into_view_if_needed()
    await say(ulf, "Jag läser det du har skrivit.")
    await ulf.get_by_role("button", name="Logga ut").click()
    await ulf.wait_for_url("**/clinic/leaving*")
    for case, suggested in ((waits, "queue"), (calm, "async")):
        await expect(ulf.locator(f"[name='do-{case}']:checked")).to_have_value(suggested)
    await film(ulf, "k10", "1-what-is-left", whole=True)
    await ulf.get_by_role("button", name="Gör så för alla").click()
    await expect(ulf.get_by_text("Allt är omhändertaget.")).to_be_visible()
    await film(ulf, "k10", "2-nothing-is-left")
    await ulf.locator("main").get_by_role("button", name="Logga ut").click()
    await ulf.wait_for_url("**/clinic/sign-in*")
    state = "select v.state || ' ' || v.kind from visits v where v.case_id = $1"
    assert await shift.value(state, UUID(waits)) == "queued drop_in"
    assert await shift.value(state, UUID(calm)) == "in_progress async"
    petra = await nurse_at(windows, "Petra Sund", size)
    await expect(petra.locator(f"#ledger-queued #case-{waits}")).to_be_visible()
    await film(petra, "k10", "3-a-colleague-goes-on")


async def test_k14_a_stop_with_a_printed_ledger(windows: Windows, shift: Shift) -> None:
    case = await shift.arrives(2, "andningsbesvar", "Andfådd i trappan", by="lively_siv")
    ulf = await nurse_at(windows, "Ulf Dahl", DESKTOP)
    await ulf.goto(f"{windows.url}/clinic/ledger/unit")
    await ulf.keyboard.press("l")
    async with ulf.expect_navigation(url=re.compile("/clinic/units/.*/ledger")):
        await ulf.keyboard.press("p")
    await expect(ulf.locator("main")).to_contain_text("loggas som läst av dig")
    await film(ulf, "k14", "1-what-is-printed")
    await ulf.get_by_role("button", name="Visa listan").click()
    row = ulf.locator("#printed tr", has_text="Siv Molin")
    await expect(row.first).to_contain_text("2 Skyndsamt")
    await film(ulf, "k14", "2-the-list", whole=True)
    await ulf.emulate_media(media="print")
    await expect(row.first).to_be_visible()
    await expect(ulf.get_by_role("button", name="Skriv ut")).to_be_hidden()
    await expect(ulf.locator(".lj-nav")).to_be_hidden()
    read = "select count(*) from access_log where verb = 'print_ledger' and case_id = $1"
    assert await shift.value(read, UUID(case)) == 1
