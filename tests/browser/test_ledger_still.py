"""The ledger in a browser: rows come, go and wait, and none moves under the pointer or the focus."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from linjen.web.cookies import cookie_name
from tests.region import Region
from tests.stories.test_ledger import send_new

pytestmark = pytest.mark.browser


@pytest.fixture
async def ledger(chromium: Browser, region: Region) -> AsyncIterator[Page]:
    """Karin's ledger, open and connected, at the size of a small laptop."""
    karin = await region.staff("karin", "ankaret")
    name = cookie_name(region.site.settings, "staff")
    context = await chromium.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE")
    await context.add_cookies(
        [{"name": name, "value": karin.token, "url": region.url.replace("http:", "https:"), "secure": True}]
    )
    page = await context.new_page()
    async with page.expect_response("**/clinic/ledger/stream*"):
        await page.goto(f"{region.url}/clinic/ledger")
    yield page
    await context.close()


async def top_of(page: Page, case_id: object) -> float:
    """Where a row stands on the screen, in px."""
    return float(
        await page.evaluate("id => document.getElementById(`case-${id}`).getBoundingClientRect().top", str(case_id))
    )


async def test_a_new_case_comes_by_itself_and_is_told_with_level_and_reason_only(region: Region, ledger: Page) -> None:
    case_id = await send_new(region, "olle", "ankaret", urgency=1)
    row = ledger.locator(f"#case-{case_id}")
    await expect(row).to_be_visible()
    await expect(row).to_have_class(re.compile("lj-row-new"))
    assert await ledger.evaluate(
        "id => document.querySelector('tbody[data-section=queued] tr').id === `case-${id}`", str(case_id)
    )
    await expect(ledger.locator("#ledger-news")).to_have_text("Nytt ärende: brådskandegrad 1, Omgående. Halsont.")
    await expect(ledger.locator("[data-count=queued]")).to_have_text("7")
    assert (await ledger.title()).startswith("(7) Brådskande")


async def test_nothing_moves_under_the_pointer_until_it_leaves(region: Region, ledger: Page) -> None:
    teen, child = region.cases["teen"], region.cases["child"]
    await ledger.hover(f"#case-{teen}")
    before = await top_of(ledger, teen)
    new = await send_new(region, "olle", "ankaret", urgency=1)
    bo = await region.staff("bo", "ankaret")
    await bo.post(f"/clinic/cases/{child}/claims")
    await expect(ledger.locator("#ledger-bar")).to_contain_text("1 nytt brådskande ärende")
    await expect(ledger.locator(f"#case-{child}")).to_contain_text("Mottaget av Bo Hellström")
    await expect(ledger.locator(f"#case-{new}")).to_have_count(0)
    assert await top_of(ledger, teen) == before
    await ledger.mouse.move(5, 5)
    await expect(ledger.locator(f"#case-{new}")).to_be_visible()
    await expect(ledger.locator(f"tbody[data-section=in_progress] #case-{child}")).to_contain_text("Bo Hellström")
    await expect(ledger.locator("#ledger-bar")).to_be_hidden()


async def test_nothing_moves_while_a_row_has_the_focus_and_the_button_shows_it(region: Region, ledger: Page) -> None:
    teen = region.cases["teen"]
    await ledger.mouse.move(5, 5)
    await ledger.locator(f"#case-{teen} a").focus()
    before = await top_of(ledger, teen)
    new = await send_new(region, "olle", "ankaret", urgency=2)
    await expect(ledger.locator("#ledger-bar")).to_be_visible()
    assert await top_of(ledger, teen) == before
    assert await ledger.evaluate("document.activeElement.closest('tr').id") == f"case-{teen}"
    await ledger.locator("#ledger-show").focus()
    await ledger.keyboard.press("Enter")
    await expect(ledger.locator(f"#case-{new} a")).to_be_focused()


async def test_a_case_is_taken_by_keyboard_alone(region: Region, ledger: Page) -> None:
    case_id = region.cases["urgent"]
    await ledger.locator(f"#case-{case_id} button").focus()
    await ledger.keyboard.press("Enter")
    await expect(ledger).to_have_url(f"{region.url}/clinic/cases/{case_id}")
    await expect(ledger.locator("#composer-text")).to_be_visible()
    fits = await ledger.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert fits, "the desk of a case needs no page scroll at 1366×768"


async def test_what_happened_while_the_connection_was_away_is_fetched_when_it_is_back(
    region: Region, ledger: Page
) -> None:
    await ledger.mouse.move(5, 5)
    bo = await region.staff("bo", "ankaret")
    await ledger.context.set_offline(True)
    region.site.hub.end_streams()
    await bo.post(f"/clinic/cases/{region.cases['urgent']}/claims")
    new = await send_new(region, "olle", "ankaret")
    await expect(ledger.locator("#ledger-lost")).to_be_visible(timeout=10_000)
    await ledger.context.set_offline(False)
    await expect(ledger.locator(f"#case-{new}")).to_be_visible(timeout=15_000)
    await expect(ledger.locator(f"tbody[data-section=in_progress] #case-{region.cases['urgent']}")).to_be_visible()
    await expect(ledger.locator("#ledger-lost")).to_be_hidden()
