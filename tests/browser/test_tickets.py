"""Biljett in three windows (K6): issued without JavaScript, used on a phone, and live in the receiver's ledger."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.pictures import film
from tests.browser.talking import take
from tests.browser.test_accessibility import SMALL, Looker
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_nurse, sign_in_resident
from tests.browser.writing_in import write_in

_NOTE = "Önskar bedömning hos er"


async def _preview(page: Page) -> None:
    """From the open dialogue to what leaves, with the anamnesis copied by choice."""
    history = page.get_by_label("Anamnes")
    await expect(history).to_have_value("")
    await page.get_by_label("Till vilken enhet?").select_option(label="Hälsocentralen Lyktan")
    await page.get_by_role("button", name="Kopiera in anamnesen").click()
    await expect(history).to_contain_text("fyra dagar")
    await page.get_by_label("Meddelande till mottagaren").fill(_NOTE)
    await page.locator(".lj-actions").get_by_role("button", name="Förhandsgranska").click()
    await expect(page.get_by_role("heading", name="Det här lämnar ärendet")).to_be_visible()
    await expect(page.get_by_text("Lyktan Vård AB")).to_be_visible()


async def test_k6_a_ticket_goes_from_one_provider_to_another_by_the_patients_hand(windows: Windows) -> None:
    look = Looker()
    rut = await windows.open(PHONE)
    await sign_in_resident(rut, windows.url, "Rut Engman")
    case = await write_in(rut, "Jag har haft ont i halsen i fyra dagar", {"gen.duration_days": "4"})
    karin = await windows.nurse("Karin Lindqvist", DESKTOP)
    await take(karin, case)
    plain = await windows.open(DESKTOP, java_script_enabled=False)
    await sign_in_nurse(plain, windows.url, "Karin Lindqvist")
    await plain.goto(f"{windows.url}/clinic/cases/{case}/tickets")
    await _preview(plain)
    await plain.get_by_role("button", name="Skicka biljetten").click()
    await expect(plain.locator("#case-tickets")).to_contain_text("Hälsocentralen Lyktan")
    await expect(karin.locator("#case-tickets")).to_contain_text("Gäller till och med")  # the open page, by itself
    await look(karin)
    await karin.goto(f"{windows.url}/clinic/cases/{case}/tickets")
    await look(karin)
    await film(karin, "k6", "1-the-form", whole=True)
    await _preview(karin)
    await look(karin)
    await film(karin, "k6", "2-exactly-what-leaves", whole=True)
    lena = await windows.nurse("Lena Falk", DESKTOP)
    await rut.goto(f"{windows.url}/cases/{case}")
    await rut.get_by_role("link", name="Använd biljetten").click()
    await expect(rut.locator("main")).to_contain_text(_NOTE)
    await look(rut)
    await film(rut, "k6", "3-the-patient-uses-it", whole=True)
    await rut.get_by_role("textbox").fill("Nu gör det ont i örat också")
    await rut.get_by_role("button", name="Acceptera och använd biljetten").click()
    await expect(rut.locator("#thread")).to_contain_text("ont i örat")
    await look(rut)
    new = rut.url.split("/cases/")[1].split("#")[0]
    await expect(lena.locator(f"#case-{new}")).to_be_visible()
    await lena.goto(f"{windows.url}/clinic/cases/{new}")
    await expect(lena.locator("#ticket-from")).to_contain_text(_NOTE)
    await look(lena)
    await film(lena, "k6", "4-at-the-other-provider")
    for page, path in ((lena, "/clinic/tickets"), (karin, "/clinic/tickets")):
        await page.goto(windows.url + path)
        await look(page)
    small = await windows.open(SMALL, storage_state=await karin.context.storage_state())
    for path in (f"/clinic/cases/{case}/tickets", "/clinic/tickets"):
        await small.goto(windows.url + path)
        await look(small)
    assert not look.found, "\n".join(look.found)


async def test_a_time_that_the_receiver_books_stands_on_the_patients_open_page(windows: Windows) -> None:
    look = Looker()
    gustav = await windows.resident("Gustav Öberg", PHONE)
    await gustav.goto(f"{windows.url}/cases")
    await gustav.get_by_role("link", name="Hosta").first.click()
    await expect(gustav.locator("#case-tickets")).to_contain_text("tid bokas")
    fadime = await windows.nurse("Fadime Yilmaz", DESKTOP)
    await fadime.goto(f"{windows.url}/clinic/tickets")
    await look(fadime)
    await fadime.locator('a[href^="/clinic/tickets/"]').first.click()
    await look(fadime)
    await fadime.get_by_label("Dag").fill(await fadime.get_by_label("Dag").get_attribute("max") or "")
    await fadime.get_by_label("Klockslag").fill("09:30")
    await fadime.get_by_role("button", name="Boka tiden").click()
    await expect(fadime.locator("main")).to_contain_text("Tid bokad")
    await expect(gustav.locator("#case-tickets")).to_contain_text("kl. 09.30")
    assert not look.found, "\n".join(look.found)
