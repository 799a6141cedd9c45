"""The journeys of a resident, J1–J11, filmed step by step, on a phone; the long tests walk them at a desk, too."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, Route, expect

from linjen.cases.begun_by_staff.outreach import Outreach, begin_asynchronous
from linjen.core import clock
from linjen.core.ids import new_id
from linjen.demo.cases import Actors
from linjen.demo.running import Demo
from linjen.demo.world import id_of
from linjen.web.words import say as words
from tests.browser.pictures import film
from tests.browser.spoken import headings, listen, nameless, said
from tests.browser.talking import close, say, take
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow, sign_in_resident
from tests.browser.writing_in import Intake, ask, write_in

#: Most residents have a phone in their hand; at a desk a journey is only a variant, for the long tests.
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.soak)]
each_size = pytest.mark.parametrize("size", SIZES)


@each_size
async def test_j1_a_sore_throat_ends_with_advice_that_can_be_printed(windows: Windows, size: dict[str, Any]) -> None:
    page = await windows.resident("Joel Sand", size)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write("Jag har lite ont i halsen", "halsont")
    await film(page, "j1", "1-a-question")
    await intake.answer()
    assert intake.place == "self-care"
    await film(page, "j1", "2-advice", whole=True)
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
    await film(page, "j1", "3-followed", whole=True)


@each_size
async def test_j2_chest_pain_leads_to_112_at_once(windows: Windows, size: dict[str, Any]) -> None:
    page = await windows.resident("Edvin Strand", size)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write("Det trycker över bröstet och strålar ut i armen", "brostsmarta")
    assert intake.place == "questions"
    await expect(page.get_by_role("heading", level=1)).to_have_text("Du skrev det här. Stämmer det?")
    await expect(page.get_by_role("button", name="Ja, allt stämmer")).to_have_count(0)
    await film(page, "j2", "1-did-she-mean-it")
    await intake.fill_in({"chest.pressure": "yes", "chest.pain": "yes", "chest.radiates": "yes"})
    await intake.onward()
    assert intake.place == "emergency"
    await film(page, "j2", "2-112")
    alert = page.get_by_role("alert").first
    await expect(alert.locator("a[href='tel:112']")).to_be_in_viewport()
    await page.go_back()
    await page.goto(f"{windows.url}/intakes/{intake.case}")
    assert intake.place == "emergency", "it stays until the answer is changed"


def _photos(folder: Path) -> list[Path]:
    """A rash, near and from some way off."""
    paths = []
    for name, radius in (("nara", 260), ("avstand", 90)):
        image = Image.new("RGB", (1600, 1200), (222, 180, 168))
        ImageDraw.Draw(image).ellipse((800 - radius, 600 - radius, 800 + radius, 600 + radius), fill=(186, 84, 78))
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=90)
        path = folder / f"{name}.jpg"
        path.write_bytes(stream.getvalue())
        paths.append(path)
    return paths


@each_size
async def test_j3_a_rash_with_two_photos_on_a_bad_network(
    windows: Windows, tmp_path: Path, size: dict[str, Any]
) -> None:
    windows.watch.expect("ERR_CONNECTION_RESET")
    page = await windows.resident("Nadja Falk", size)
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Network.enable")
    slow = {"offline": False, "latency": 100, "downloadThroughput": 200_000, "uploadThroughput": 60_000}
    await cdp.send("Network.emulateNetworkConditions", slow)
    intake = await Intake(page).begin()
    await (await intake.to_own_words()).write("Jag har kliande utslag på armen sedan i går", "utslag")
    await intake.answer()
    await intake.to_pictures()
    near, far = _photos(tmp_path)
    choose, again = page.locator("input[type=file]#picture"), page.get_by_role("button", name="Skicka igen")
    cut = 0

    async def break_off(route: Route) -> None:
        nonlocal cut
        cut += 1
        await route.abort("connectionreset")

    await page.route("**/pictures", break_off, times=2)
    await choose.set_input_files(near)
    await expect(page.get_by_text("Anslutningen bröts. Bilden finns kvar hos dig.")).to_be_visible()
    await film(page, "j3", "1-cut-off")
    await again.click()
    await expect(again).to_be_visible()
    assert cut == 2, "and cut once more"
    await again.click()
    await expect(page.locator(".lj-pictures li")).to_have_count(1)
    await page.locator("input[type=file]#picture").set_input_files(far)
    await expect(page.locator(".lj-pictures li")).to_have_count(2)
    await film(page, "j3", "2-both-there", whole=True)
    await page.reload()
    await expect(page.locator(".lj-pictures li")).to_have_count(2)
    await intake.onward()
    await intake.to_check()
    case = await intake.send()
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await karin.goto(f"{windows.url}/clinic/cases/{case}")
    await expect(karin.locator(".lj-thumbs img")).to_have_count(2)


@pytest.fixture
async def six_years_old(demo: Demo) -> Any:
    """Elsa is six today, and nine again afterwards."""
    database, elsa = demo.site.database, (await Actors.find(demo.site.database, demo.site.sealer)).residents["elsa"]
    was = await database.fetch_value("select birth_on from residents where id = $1", elsa)
    year = clock.local_date(clock.now()).year - 6
    await database.execute("update residents set birth_on = $2 where id = $1", elsa, was.replace(year=year, day=1))
    yield
    await database.execute("update residents set birth_on = $2 where id = $1", elsa, was)


@each_size
@pytest.mark.usefixtures("six_years_old")
async def test_j4_a_guardian_answers_for_her_child_by_name(windows: Windows, size: dict[str, Any]) -> None:
    page = await windows.resident("Astrid Nyberg", size)

    async def names_the_child(page: Page) -> None:
        await expect(page.locator("main")).to_contain_text("Gäller Elsa")
        assert await scroll_overflow(page) == 0

    intake = await Intake(page).begin()
    await expect(page.get_by_text("ingen annan vårdnadshavare")).to_be_visible()
    await film(page, "j4", "1-for-whom", whole=True)
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
    case = await intake.send()
    await page.goto(f"{windows.url}/cases/{case}")
    await expect(page.locator(".lj-case-head")).to_contain_text("Gäller Elsa Nyberg")
    await film(page, "j4", "2-whose-case", whole=True)


@each_size
async def test_j5_a_teenager_writes_alone_and_no_adult_sees_it(windows: Windows, size: dict[str, Any]) -> None:
    nils = await windows.resident("Nils Nyberg", size)
    intake = await Intake(nils).begin()
    assert intake.place == "unit", "he is asked for nobody else"
    await (await intake.to_own_words()).write("Jag har ont i magen när jag ska till skolan", "ovrigt")
    await intake.answer()
    await intake.to_check()
    await film(nils, "j5", "1-before-sending", whole=True)
    case = await intake.send()
    astrid = await windows.resident("Astrid Nyberg", size)
    windows.watch.expect("status of 404")
    answer = await astrid.goto(f"{windows.url}/cases/{case}")
    assert answer is not None
    assert answer.status == 404
    await astrid.goto(f"{windows.url}/cases")
    assert case not in await astrid.content()
    await Intake(await _home(astrid, windows)).begin()
    await expect(astrid.get_by_text("Nils har fyllt 13 år och loggar in här med sitt eget BankID.")).to_be_visible()
    await film(astrid, "j5", "2-what-his-mother-reads", whole=True)


async def _home(page: Page, windows: Windows) -> Page:
    await page.goto(f"{windows.url}/home")
    return page


@each_size
async def test_j6_an_administrative_question_is_answered_by_the_secretary(
    windows: Windows, size: dict[str, Any]
) -> None:
    resident = await windows.resident("Rut Engman", size)
    case = await ask(resident, "Hej! Kan jag få ett intyg om mina vaccinationer inför en resa?")
    await film(resident, "j6", "1-receipt", whole=True)
    mona = await windows.nurse("Mona Berg", DESKTOP)
    await expect(mona.locator(f"#case-{case}")).to_contain_text("Administrativ fråga")
    await take(mona, case)
    await say(mona, "Hej Rut! Absolut, intyget skickas hem till dig i dag.")
    await resident.get_by_role("link", name="Öppna ärendet").click()
    await expect(resident.locator("#thread")).to_contain_text("Absolut, intyget skickas hem")
    await film(resident, "j6", "2-answered")
    await close(mona, "Råd och egenvård")


@each_size
async def test_j7_who_goes_on_at_another_device_after_a_time_out_finds_every_answer(
    windows: Windows, demo: Demo, size: dict[str, Any]
) -> None:
    phone = await windows.open(size)
    await sign_in_resident(phone, windows.url, "Tage Holm")  # a session of its own, which ends here
    intake = await Intake(phone).begin()
    await (await intake.to_own_words()).write("Jag har ont i halsen", "halsont")
    await intake.fill_in({"resp.dyspnea": "no"})
    await intake.onward()
    await intake.fill_in({})
    await intake.onward()
    left, case = phone.url, intake.case
    tage = (await Actors.find(demo.site.database, demo.site.sealer)).residents["lively_tage"]
    await demo.site.database.execute(
        "update sessions set seen_at = now() - interval '31 minutes' where person_id = $1 and ended_at is null", tage
    )
    await phone.reload()
    assert "/sign-in" in phone.url, "the session was over"
    await film(phone, "j7", "1-timed-out")
    desk = await windows.open(DESKTOP if size == PHONE else PHONE)
    await sign_in_resident(desk, windows.url, "Tage Holm")
    await desk.get_by_role("main").get_by_role("link", name="Fortsätt").first.click()
    await desk.wait_for_url(left)
    await film(desk, "j7", "2-where-he-was")
    await desk.goto(f"{windows.url}/intakes/{case}/questions/1")
    await expect(desk.locator("main input:checked")).to_have_count(1)
    await desk.goto(f"{windows.url}/intakes/{case}/words")
    await expect(desk.locator("#text")).to_have_value("Jag har ont i halsen")


def _last_friday_at_three() -> datetime:
    """The latest Friday at 15.00 in Sweden that has been: half an hour after Ankaret has closed to new cases."""
    at = clock.local(clock.now())
    day = at.date() - timedelta(days=(at.weekday() - 4) % 7 or 7)
    return datetime.combine(day, time(15), tzinfo=clock.STOCKHOLM).astimezone(clock.now().tzinfo)


@each_size
async def test_j8_on_a_friday_at_three_the_page_says_when_somebody_is_there_again(
    windows: Windows, monkeypatch: pytest.MonkeyPatch, size: dict[str, Any]
) -> None:
    page = await windows.resident("Siv Molin", size)
    friday = _last_friday_at_three()
    monkeypatch.setattr("linjen.core.clock.now", lambda: friday)
    nobody = await windows.open(size)
    for path in ("/", f"/units/{id_of('unit/ankaret')}"):
        await nobody.goto(windows.url + path)
        await expect(nobody.locator("main")).to_contain_text("kl. 08.00")
        await film(nobody, "j8", f"1-{'unit' if 'units' in path else 'front'}", whole=True)
    await page.goto(f"{windows.url}/home")
    await expect(page.locator("main")).to_contain_text("Hälsocentralen Ankaret är bemannad igen på måndag kl. 08.00")
    await film(page, "j8", "2-home")
    case = await write_in(page)
    await expect(page.locator("main")).to_contain_text("måndag")
    await expect(page.locator("main")).to_contain_text("1177")
    await film(page, "j8", "3-receipt", whole=True)
    await page.goto(f"{windows.url}/cases/{case}")
    await expect(page.locator("#case-status")).to_contain_text("måndag")


@each_size
async def test_j9_who_is_protected_is_treated_so_from_her_words_to_the_answer(
    windows: Windows, size: dict[str, Any]
) -> None:
    ylva = await windows.resident("Ylva Ängström", size)
    case = await write_in(ylva)
    await film(ylva, "j9", "1-receipt", whole=True)
    await ylva.goto(f"{windows.url}/profile/notices")
    await expect(ylva.locator("main")).to_contain_text("skyddade")
    await film(ylva, "j9", "2-no-notices", whole=True)
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    row = karin.locator(f"#case-{case}")
    await expect(row).to_be_visible()
    await expect(row).not_to_contain_text("Ängström")
    await take(karin, case)
    await expect(karin.get_by_text("Skyddade personuppgifter. Följ regionens rutin.")).to_be_visible()
    assert "Ängström" not in await karin.title()
    await film(karin, "j9", "3-the-banner")
    await say(karin, "Hej! Hur mår du i dag?")
    await ylva.goto(f"{windows.url}/cases/{case}")
    await expect(ylva.locator("#thread")).to_contain_text("Hur mår du i dag?")
    await close(karin, "Råd och egenvård")


async def _can_be_heard(page: Page) -> None:
    """One heading of the first level, before the others; a title and a main part; a name for each control."""
    found = await headings(page)
    assert [one for one in found if one.startswith("1 ")] == found[:1], (page.url, found)
    assert await page.get_by_role("main").count() == 1, page.url
    assert (await page.title()).strip(), page.url
    assert await nameless(page) == [], page.url


@each_size
async def test_j10_the_whole_way_is_heard_with_a_screen_reader(windows: Windows, size: dict[str, Any]) -> None:
    """What a reader says is taken from Chromium's own tree of names and roles, in order; no real reader ran here."""
    page = await windows.resident("Valter Ros", size)
    await listen(page)
    await page.goto(f"{windows.url}/home")
    await _can_be_heard(page)
    intake = Intake(page, _can_be_heard)
    await intake.begin()
    await (await intake.to_own_words()).write("Jag har ont i halsen sedan fyra dagar", "halsont")
    await intake.answer({"gen.fever": "yes", "gen.temp": "38,4", "gen.fever_days": "4", "gen.duration_days": "4"})
    await intake.to_check()
    case = await intake.send()
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    await page.goto(f"{windows.url}/cases/{case}")
    await _can_be_heard(page)
    await expect(page.locator("#chat[data-ready]")).to_be_visible()
    await say(karin, "Hej Valter! Kan du svälja?")
    await expect(page.locator("#thread")).to_contain_text("Kan du svälja?")
    await expect(page.locator("#thread-news")).to_contain_text("Kan du svälja?")
    await asyncio.sleep(0.3)
    heard = [one for one in await said(page) if "Kan du svälja?" in one]
    assert len(heard) == 1, f"said once: {heard}"
    assert "Karin" in heard[0], "with who wrote it"
    await _can_be_heard(page)
    await close(karin, "Råd och egenvård")


@each_size
async def test_j11_a_case_that_care_began_is_answered_from_the_sms(
    windows: Windows, demo: Demo, size: dict[str, Any]
) -> None:
    site, case = demo.site, new_id()
    actors = await Actors.find(site.database, site.sealer)
    karin, gustav = actors.staff("karin", "ankaret"), actors.residents["gustav"]
    await site.database.execute("update residents set quiet_from = 0, quiet_until = 0 where id = $1", gustav)
    async with site.database.transaction() as db:
        asked = Outreach(entry="admin", days=14, text="Hej Gustav! Din provtagning är klar. Vill du ha en tid?")
        await begin_asynchronous(db, site.sealer, karin, gustav, case, asked)
    page = await windows.open(size)
    text = await _sms(demo, case, gustav)
    assert "Logga in som du brukar, med BankID" in text
    assert not re.search(r"https?://|Ankaret|Gustav|prov", text)
    await page.goto(windows.url)
    await sign_in_resident(page, windows.url, "Gustav Öberg")
    await film(page, "j11", "1-home", whole=True)
    await page.locator(f"main a[href='/cases/{case}']").first.click()
    await expect(page.locator("#thread")).to_contain_text("Vill du ha en tid?")
    await expect(page.locator("#chat[data-ready]")).to_be_visible()
    await say(page, "Ja tack, gärna på tisdag.")
    await film(page, "j11", "2-answered")
    nurse = await windows.nurse("Karin Lindqvist", DESKTOP)
    await nurse.goto(f"{windows.url}/clinic/cases/{case}")
    await expect(nurse.locator("#thread")).to_contain_text("gärna på tisdag")


async def _sms(demo: Demo, case: UUID, resident: UUID) -> str:
    """What the telephone got of this case; the rounds of the demo send it."""
    async with asyncio.timeout(30):
        while True:
            row = await demo.site.database.fetch_row(
                "select kind, state, reason from sms where case_id = $1 order by created_at limit 1", case
            )
            if row is not None and row["state"] not in {"waiting", "sending"}:
                break
            await demo.site.database.execute("update sms set next_at = now() where case_id = $1", case)
            await asyncio.sleep(0.2)
    assert row["state"] in {"accepted", "delivered"}, tuple(row)

    return words("sv", f"sms.{row['kind']}", region="Region Exempel")
