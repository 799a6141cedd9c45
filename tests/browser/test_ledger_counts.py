"""The ledger in a browser: each group's count follows filter and search, and what is held tells its deadline."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.test_ledger_still import ledger
from tests.browser.windows import scroll_overflow
from tests.region import Region
from tests.stories.test_ledger import send_new
from tests.stories.test_ledger_clocks import come
from tests.stories.test_mention import person, write

__all__ = ["ledger"]


async def test_the_count_of_a_group_follows_the_search_and_what_comes_meanwhile(region: Region, ledger: Page) -> None:
    queued, held = (ledger.locator(f"[data-count={state}]") for state in ("queued", "in_progress"))
    await expect(queued).to_have_text("6")
    await ledger.locator("#ledger-q").fill("andning 82")
    await expect(queued).to_have_text("1 av 6")
    await expect(held).to_have_text("0 av 2")
    await send_new(region, "olle", "ankaret", urgency=1)
    await expect(queued).to_have_text("1 av 7")
    await ledger.hover(f"#case-{region.cases['urgent']}")
    await send_new(region, "gustav", "ankaret")
    await expect(queued).to_have_text("1 av 8")  # also while it waits to be shown
    await ledger.locator("#ledger-q").fill("")
    await expect(queued).to_have_text("8")
    await expect(held).to_have_text("2")
    await ledger.locator("#ledger-filter summary").click()
    await ledger.locator('#ledger-filter input[name="level"][value="1"]').check()
    await expect(queued).to_have_text("1 av 8")
    await expect(ledger.locator("#ledger-shown")).to_have_text("Visar 1 av 10")
    await ledger.reload()
    await expect(queued).to_have_text("1 av 8")


async def test_what_is_held_goes_over_its_time_where_it_stands(region: Region, ledger: Page) -> None:
    case_id = await come(region, "waiting", 24 - 0.05)
    bo = await region.staff("bo", "ankaret")
    await bo.post(f"/clinic/cases/{case_id}/claims")
    row = ledger.locator(f"#case-{case_id}")
    await ledger.clock.install()
    await ledger.reload()
    await expect(row).to_have_attribute("data-state", "in_progress")
    due = row.locator("[data-due]")
    await expect(due).to_contain_text("senast")
    sort = await row.get_attribute("data-sort")
    await ledger.clock.fast_forward("05:00")
    await expect(due).to_have_text("över tiden")
    assert await row.get_attribute("data-sort") == sort
    await ledger.locator("#ledger-filter summary").click()
    await ledger.locator('#ledger-filter input[name="only"][value="over"]').check()
    await expect(row).to_be_visible()
    await expect(ledger.locator("[data-count=in_progress]")).to_have_text("1 av 3")


async def test_the_tabs_of_the_lists_stand_in_one_row_of_a_small_laptop(region: Region, ledger: Page) -> None:
    karin, bo = await region.staff("karin", "ankaret"), await region.staff("bo", "ankaret")
    await karin.post(f"/clinic/cases/{region.cases['held_by_karin']}/closings", {"reason": "advice"})
    await write(bo, region.cases["waiting"], person("karin", "nurse"))
    await ledger.goto(f"{region.url}/clinic/ledger")
    await expect(ledger.locator("#views")).to_contain_text("Omnämnd")
    # Each list that is always there, with work in it where there can be some.
    await ledger.evaluate(
        """() => { const count = document.querySelector("#views .lj-count");
        for (const tab of document.querySelectorAll('#views [href$="ttestations"], #views [href$="tickets"]'))
          if (!tab.querySelector(".lj-count")) tab.append(count.cloneNode(true)); }"""
    )
    tops = await ledger.evaluate("[...document.querySelectorAll('#views a')].map((one) => one.offsetTop)")
    assert len(tops) == 10
    assert len(set(tops)) == 1


async def test_no_word_of_a_reason_is_broken_in_a_narrow_window(region: Region, ledger: Page) -> None:
    for width in (920, 1100, 1280):
        await ledger.set_viewport_size({"width": width, "height": 768})
        shown = await ledger.evaluate("document.querySelector('.lj-ledger thead th:nth-child(3)').offsetWidth")
        assert shown >= 130, (width, shown)
        assert await scroll_overflow(ledger) == 0


async def test_on_a_phone_each_row_has_its_two_clocks_under_each_other(region: Region, ledger: Page) -> None:
    await come(region, "urgent", 0.2)
    await ledger.set_viewport_size({"width": 390, "height": 844})
    await ledger.reload()
    places = await ledger.evaluate(
        "[...document.querySelectorAll('tr[data-sort]')].map((row) => [4, 5].map((number) =>"
        " row.querySelector(`td:nth-child(${number})`).getBoundingClientRect())"
        ".map((box, n) => n ? box.top : box.bottom))"
    )
    assert places
    assert all(waited <= turn for waited, turn in places), places
    assert await scroll_overflow(ledger) == 0
