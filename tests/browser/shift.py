"""A unit for the journeys of a shift: Björken, whose cases no other browser test touches; sent by the same verbs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from linjen.demo.cases import Actors, SeedCase
from linjen.demo.running import Demo
from linjen.demo.world import id_of
from tests.back_in_time import make_older
from tests.browser.windows import DESKTOP, PHONE, Windows

UNIT = "bjorken"
#: A journey is walked at a desk; on a phone it is only a variant, for the long tests.
SIZES = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone", marks=pytest.mark.soak)]

_WRITERS = ("henrik", "lively_selma", "lively_tage", "lively_rut", "lively_valter", "lively_nadja", "lively_edvin",
            "lively_siv", "lively_joel", "gustav", "ingrid", "amina")  # fmt: skip
#: The kinds of a morning: level, contact reason, minutes waited, own words. None of them is over its time.
_KINDS = (
    (2, "andningsbesvar", 14, "Jag blir andfådd när jag går i trappan"),
    (3, "halsont", 95, "Ont i halsen och feber sedan fyra dagar"),
    (3, "hosta", 240, "Hostan vill inte ge med sig"),
    (4, "ryggont", 900, "Ont i ryggen efter att ha lyft"),
    (4, "utslag", 1300, "Kliande utslag på armen"),
    (4, "uvi", 400, "Det svider när jag kissar"),
    (5, "rod_ogon", 60, "Rött öga som kliar"),
)


class Shift:
    """What a test does behind the pages: residents who send."""

    def __init__(self, demo: Demo, seed: SeedCase) -> None:
        self.demo = demo
        self.seed = seed

    @classmethod
    async def of(cls, demo: Demo) -> Shift:
        """Over the running demo; what earlier journeys left at the unit is out of the way."""
        database, sealer = demo.site.database, demo.site.sealer
        unit_id = id_of(f"unit/{UNIT}")
        await database.execute(
            "update visits set state = 'closed', closed_at = now(), close_reason = 'advice'"
            " where unit_id = $1 and state = 'queued'", unit_id,
        )  # fmt: skip
        await database.execute(
            "update visits set kind = 'async', until_on = current_date + 30 where unit_id = $1"
            " and state = 'in_progress' and kind <> 'async'", unit_id,
        )  # fmt: skip
        return cls(demo, SeedCase(database, sealer, await Actors.find(database, sealer)))

    async def arrives(
        self,
        level: int = 3,
        reason: str = "halsont",
        text: str = "Ont i halsen",
        *,
        waited: int = 0,
        by: str = "henrik",
    ) -> str:
        """A resident's case comes to the unit; its id."""
        case_id = await self.seed.draft(by, "symptom", by, UNIT, text)
        await self.seed.send(by, case_id, level, reason, waited)
        return str(case_id)

    async def morning(self, how_many: int) -> list[str]:
        """So many cases of all kinds wait; their ids."""
        cases = []
        for number in range(how_many):
            level, reason, waited, text = _KINDS[number % len(_KINDS)]
            writer = _WRITERS[number % len(_WRITERS)]
            cases.append(await self.arrives(level, reason, text, waited=waited + number, by=writer))
        return cases

    async def passes(self, case_id: str, *, hours: int) -> None:
        """As if all that was said and done in the case were so many hours older."""
        await make_older(self.demo.postgres.owner_dsn, UUID(case_id), hours)

    async def value(self, sql: str, *values: Any) -> Any:
        """One value from the database."""
        return await self.demo.site.database.fetch_value(sql, *values)


async def nurse_at(windows: Windows, name: str, size: dict[str, Any], **more: Any) -> Page:
    """A nurse of the unit on its ledger; who works at two units chooses this one."""
    page = await windows.open(size, **more)
    await page.goto(f"{windows.url}/clinic")
    await page.get_by_role("link", name="Logga in med SITHS").click()
    await page.get_by_role("link", name=name).click()
    await page.wait_for_url("**/clinic/**")
    if page.url.endswith("/clinic/units"):
        await page.get_by_role("main").get_by_role("button", name="Björken").click()
    await page.wait_for_url("**/clinic/ledger*")
    return page


async def take_from(page: Page, case: str) -> None:
    """Press the row's button; the case is open and live afterwards."""
    await page.locator(f"#ledger-queued #case-{case}").get_by_role("button", name="Ta emot").click()
    await page.wait_for_url(f"**/clinic/cases/{case}*")
    await expect(page.locator("#chat[data-ready]")).to_be_attached()
