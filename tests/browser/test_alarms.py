"""Words that alarm, in a browser: seen by who holds the case, who has another one open, and who watches the ledger."""

from __future__ import annotations

from uuid import UUID

from playwright.async_api import Page, expect

from tests.browser.talking import say, take
from tests.browser.test_accessibility import Looker, look  # noqa: F401 - a fixture
from tests.browser.test_ledger_still import ledger, top_of  # noqa: F401 - a fixture
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.browser.writing_in import ask
from tests.region import Region

WORDS = "Nu har jag jätteont i bröstet"


async def test_both_sides_see_the_words_and_every_page_of_it_is_for_all(
    windows: Windows,
    look: Looker,  # noqa: F811
) -> None:
    resident, nurse = await windows.resident("Gustav Öberg", PHONE), await windows.nurse("Karin Lindqvist", DESKTOP)
    case = await ask(resident, "Hur förnyar jag mitt intyg?")
    await nurse.goto(f"{windows.url}/clinic/ledger")
    await take(nurse, case)
    other = await nurse.context.new_page()
    await other.goto(f"{windows.url}/clinic/ledger")
    await other.locator(f"#ledger-queued tr:not(#case-{case}) a.lj-reason").first.click()
    await expect(other.locator("#chat[data-ready]")).to_be_attached()
    await resident.goto(f"{windows.url}/cases/{case}")
    await say(resident, WORDS)
    await expect(resident.get_by_role("alert")).to_contain_text(WORDS)
    await expect(resident.get_by_role("heading", name="Har du ont i bröstet just nu")).to_be_visible()
    await look(resident)
    await expect(nurse.locator(".lj-talk-alarm")).to_contain_text(WORDS)
    await expect(nurse.locator("#case-level")).to_contain_text("Omgående")
    await expect(nurse.locator("#case-why h2")).to_have_text("Därför brådskandegrad 1")
    await expect(nurse.locator("#case-why")).to_contain_text("i chatten har höjt ärendet till brådskandegrad 1.")
    await expect(nurse.locator("#case-alarms")).to_contain_text(WORDS)
    long = await nurse.evaluate("() => document.documentElement.scrollHeight - innerHeight")
    assert long == 0, "the desk of a case is one screen, also when something alarms"
    await look(nurse)
    bar = other.locator("#elsewhere")
    await expect(bar).to_contain_text("Ett annat ärende är brådskande nu, brådskandegrad 1.")
    assert WORDS not in await other.content()
    await look(other)
    await bar.get_by_role("button", name="Stäng").click()
    await expect(bar).to_be_hidden()
    await resident.get_by_role("button", name="Ja", exact=True).first.click()
    await expect(nurse.locator("#case-alarms")).to_contain_text("Patienten svarar ja")
    await nurse.locator("#case-alarms").get_by_role("button", name="Rätt").first.click()
    await expect(nurse.locator("#case-alarms button[aria-pressed=true]").first).to_contain_text("Rätt")


async def raised(region: Region, case_id: UUID) -> None:
    """Its writer says something that raises a case of the lowest urgency."""
    astrid = await region.resident("astrid")
    await region.site.database.execute("update visits set priority = 5 where case_id = $1", case_id)
    await astrid.say(case_id, "Hej!")
    await astrid.say(case_id, WORDS)


async def test_a_case_that_becomes_more_urgent_moves_up_and_is_said_aloud(
    region: Region,
    ledger: Page,  # noqa: F811
) -> None:
    case_id = region.cases["waiting"]
    await ledger.mouse.move(5, 5)
    await raised(region, case_id)
    row = ledger.locator(f"#case-{case_id}")
    await expect(row).to_have_attribute("data-priority", "1", timeout=25_000)
    await expect(ledger.locator("#ledger-news")).to_contain_text("Mer brådskande: brådskandegrad 1, Omgående.")
    assert "Brådskande" in await ledger.title()
    assert WORDS not in await ledger.content()


async def test_under_the_pointer_it_keeps_its_place_and_its_button_and_shows_its_new_level(
    region: Region,
    ledger: Page,  # noqa: F811
) -> None:
    case_id, teen = region.cases["waiting"], region.cases["teen"]
    await region.site.database.execute("update visits set priority = 5 where case_id = $1", case_id)
    await ledger.reload()
    await ledger.hover(f"#case-{teen}")
    before = await top_of(ledger, case_id)
    astrid = await region.resident("astrid")
    await astrid.say(case_id, WORDS)
    row = ledger.locator(f"#case-{case_id}")
    await expect(row.locator("[data-level]")).to_have_text("Omgående", timeout=25_000)
    assert await top_of(ledger, case_id) == before
    await expect(row.get_by_role("button")).to_be_visible()
    await expect(ledger.locator("#ledger-bar")).to_contain_text("1 ärende har blivit mer brådskande")
    await ledger.mouse.move(5, 5)
    await expect(ledger.locator("#ledger-queued tr").first).to_have_id(f"case-{case_id}")
