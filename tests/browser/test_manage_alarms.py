"""The administration's pages learn of alarms by themselves, keep what is typed, and never count as having been read."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from linjen.core.ids import new_id
from linjen.demo.world import id_of
from linjen.web.alarms_live import AlarmWatch
from tests.browser.windows import DESKTOP, PHONE, Windows, scroll_overflow

_UNIT = id_of("unit/ankaret")
_SEEN = "select count(*) from load_alarms_seen"


async def head_of_unit(windows: Windows, path: str, size: dict[str, object]) -> Page:
    """Gunvor's window."""
    page = await windows.open(size)
    await page.goto(f"{windows.url}/clinic")
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name="Gunvor Sjö").click()
    await page.wait_for_url("**/manage")
    async with page.expect_response(re.compile("/manage/stream")):
        await page.goto(windows.url + path)
    return page


async def test_an_alarm_shows_itself_and_goes_and_the_page_of_the_load_waits_to_be_pressed(windows: Windows) -> None:
    database, watch = windows.demo.site.database, AlarmWatch(windows.demo.site)
    # What other tests have left unopened, or many of, rings for itself.
    await database.execute("update visits set priority = 2 where priority = 1 and state <> 'closed'")
    await database.execute("update unmet set ended_at = now() where ended_at is null")
    await database.execute("update load_alarms set ended_at = now() where ended_at is null")
    home = await head_of_unit(windows, "/manage", PHONE)
    load = await head_of_unit(windows, f"/manage/units/{_UNIT}/load", DESKTOP)
    await load.get_by_label("Larma när fler än så många väntar").fill("33")
    await expect(home.locator("#alarms")).to_be_empty()
    alarm = "insert into load_alarms (id, unit_id, begun_at, waiting_limit, late_limit, waiting, late)"
    await database.execute(f"{alarm} values ($1, $2, now(), 20, 5, 21, 0)", new_id(), _UNIT)
    try:
        await watch.look()
        await expect(home.locator("#alarms")).to_contain_text("Hälsocentralen Ankaret: Det är många som väntar")
        await expect(home).to_have_title(re.compile("^Larm · "))
        assert await scroll_overflow(home) <= 0
        show = load.get_by_role("link", name="Visa hur det är nu")
        await expect(show).to_be_visible()
        await expect(load.get_by_label("Larma när fler än så många väntar")).to_have_value("33")
        assert await database.fetch_value(_SEEN) == 0, "nobody has looked"
        await show.click()
        await expect(load.get_by_text("Det är många som väntar just nu.")).to_be_visible()
        assert await database.fetch_value(_SEEN) == 1
        await expect(load.get_by_role("link", name="Visa hur det är nu")).to_be_hidden()
    finally:
        await database.execute("update load_alarms set ended_at = now() where ended_at is null")
    await watch.look()
    await expect(home.locator("#alarms")).to_be_empty()
    await expect(home).to_have_title(re.compile("^Administration"))
