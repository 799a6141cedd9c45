"""One running demo and one Chromium for the browser tests of a test process, and windows that are watched."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, StorageState, async_playwright, expect

from linjen.core import clock
from linjen.demo.running import Demo
from linjen.triage.trials.trying import Trier
from linjen.web import rate
from tests.browser.shift import Shift
from tests.browser.windows import Windows
from tests.folders import database_folder

_HERE = Path(__file__).parent
# The whole program: chromium-headless-shell costs half as much, but once in three runs a script in a page never ended.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
# Since 2026 Chromium keeps two pages of its own beside each window, for what its address bar would fold out: they cost
# as much as the window itself. The list replaces Playwright's, so what that turns off is turned off here, too.
_TURNED_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)  # fmt: skip
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", f"--disable-features={','.join(_TURNED_OFF)}",
]  # fmt: skip


# Waiting is for what happens at once; the machine may be busy with other tests meanwhile.
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium. Without it nothing here is tested, which is a failure where nobody reads the words."""
    if CHROMIUM is None:
        reason = "Chromium is not installed here; bin/test installs it when it is run by root"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def demo() -> AsyncIterator[Demo]:
    """The whole demo on a free port, in a folder of its own."""
    folder = database_folder("linjen-browser-")
    # In the evening the seed's nurses would lose what they hold while the tests run, and in the day they would not.
    demo = Demo(folder, 0, by_the_clock=False)
    await demo.start()
    # Beside other tests what is checked with a lower priority would hardly have its turn.
    demo.site.trier = Trier(nice=0)
    demo.site.closing.append(demo.site.trier.close)
    # Only the tests of taking back wait for it, and only one is asked about the record at each first reply.
    demo.site.settings = msgspec.structs.replace(demo.site.settings, message_undo_s=0, record_before_reply=False)
    yield demo
    await demo.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def shift(demo: Demo) -> Shift:
    """Behind the pages of the unit of the shift's journeys."""
    return await Shift.of(demo)


@pytest.fixture(scope="session")
def kept() -> dict[str, StorageState]:
    """Who has signed in already, with her cookies."""
    return {}


@pytest.fixture(scope="session")
def begun_at(demo: Demo) -> datetime:
    """When the first test could send a case."""
    return clock.now()


@pytest.fixture
async def windows(
    chromium: Browser, demo: Demo, kept: dict[str, StorageState], begun_at: datetime
) -> AsyncIterator[Windows]:
    """Windows of this test; any fault seen in one of them fails it."""
    rate.forget()
    # What earlier tests left open would count among the chats that a nurse has at once.
    await demo.site.database.execute(
        "update visits v set kind = 'async', until_on = current_date + 30 from cases c where c.id = v.case_id"
        " and c.sent_at > $1 and v.state = 'in_progress' and v.kind <> 'async'", begun_at,
    )  # fmt: skip
    windows = Windows(chromium, demo, kept)
    yield windows
    await windows.close()
    windows.watch.judge()
