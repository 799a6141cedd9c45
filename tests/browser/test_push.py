"""Aviseringar in a browser: asked for by a press alone, shown by the worker, opened at Mina ärenden, and ended."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Page, expect

from linjen.integrations.web_push import encode
from tests.browser.test_app import ready, until
from tests.browser.windows import DESKTOP, PHONE, Windows, sign_in_resident

#: A browser of a test has no push service of its maker behind it: this one stands in, with keys that are real.
_SUBSCRIBES = """
const kept = () => JSON.parse(sessionStorage.getItem("test-push") ?? "null");
const made = (one) => one && {
  endpoint: one.endpoint,
  toJSON: () => one,
  unsubscribe: async () => { sessionStorage.removeItem("test-push"); return true; },
};
window.asked = 0;
if (window.PushManager) {
  PushManager.prototype.getSubscription = async () => made(kept());
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("wrong options");
    sessionStorage.setItem("test-push", JSON.stringify(%s));
    return made(kept());
  };
}
"""


def browser_of(host: str) -> str:
    """The script of a browser whose push service is at a host."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    raw = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    keys = {"p256dh": encode(raw), "auth": encode(bytes(range(16)))}
    return _SUBSCRIBES % json.dumps({"endpoint": f"https://{host}/wpush/{encode(raw)[:20]}", "keys": keys})


async def opened(windows: Windows, size: dict[str, Any], host: str, name: str = "Astrid Nyberg") -> Page:
    """The page of notices, in a browser that has not been asked yet."""
    page = await windows.resident(name, size)
    await page.context.add_init_script(browser_of(host))
    await page.context.grant_permissions(["notifications"], origin=windows.url)
    await ready(page)
    await page.goto(f"{windows.url}/profile/notices")
    await expect(page.get_by_role("button", name="Avisera mig här")).to_be_visible()
    return page


async def devices(windows: Windows) -> int:
    """How many devices there are in the whole region."""
    return int(await windows.demo.site.database.fetch_value("select count(*) from push_devices"))


async def test_a_press_turns_it_on_here_and_another_off(windows: Windows) -> None:
    page = await opened(windows, PHONE, "updates.push.services.mozilla.com")
    before = await devices(windows)
    await page.get_by_role("button", name="Avisera mig här").tap()
    await expect(page.get_by_role("status").first).to_contain_text("Den här enheten får aviseringar nu")
    await expect(page.get_by_role("button", name="Avisera mig här")).to_be_hidden()
    row = page.locator("#push li")
    await expect(row).to_contain_text("Chrome på")
    await expect(row).to_contain_text("(den här)")
    assert await devices(windows) == before + 1
    await row.get_by_role("button", name="Stäng av").tap()
    await expect(page.get_by_role("button", name="Avisera mig här")).to_be_visible()
    assert await devices(windows) == before


async def test_a_browser_with_an_unknown_push_service_is_told_so_and_keeps_nothing(windows: Windows) -> None:
    windows.watch.expect("409")
    page = await opened(windows, DESKTOP, "push.example.org")
    before = await devices(windows)
    await page.get_by_role("button", name="Avisera mig här").click()
    await expect(page.locator("#push-told")).to_contain_text("en tjänst som vi inte använder")
    assert await devices(windows) == before
    assert await page.evaluate("sessionStorage.getItem('test-push')") is None


async def test_who_says_no_is_told_how_to_change_it_and_nothing_is_asked_before_a_press(windows: Windows) -> None:
    page = await windows.resident("Astrid Nyberg", DESKTOP)
    await page.context.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'denied'; };"
        "Object.defineProperty(Notification, 'permission', { get: () => window.asked ? 'denied' : 'default' });"
    )
    await page.goto(f"{windows.url}/profile/notices")
    await expect(page.get_by_role("button", name="Avisera mig här")).to_be_visible()
    assert await page.evaluate("window.asked") == 0
    await page.get_by_role("button", name="Avisera mig här").click()
    await expect(page.get_by_text("Aviseringar är avstängda i webbläsaren.")).to_be_visible()
    assert await page.evaluate("window.asked") == 1


_SHOWS = (
    """async () => (await (await navigator.serviceWorker.ready).getNotifications()).some((one) => one.body === %s)"""
)


async def shown(page: Page) -> list[dict[str, str]]:
    """What the worker shows now."""
    return list(
        await page.evaluate(
            "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
            ".map(({ title, body, lang, tag }) => ({ title, body, lang, tag }))"
        )
    )


async def test_what_is_pushed_is_shown_and_the_newer_takes_the_place_of_the_older(windows: Windows) -> None:
    page = await windows.open(DESKTOP)  # she signs out in the end, which ends no session of other tests
    await sign_in_resident(page, windows.url, "Gustav Öberg")
    await page.context.grant_permissions(["notifications"], origin=windows.url)
    await ready(page)
    session = await page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    await session.send("ServiceWorker.enable")
    async with asyncio.timeout(10):
        while not found:  # noqa: ASYNC110 - told by the browser when it likes
            await asyncio.sleep(0.05)
    for body in ("Det är din tur nu.", "Du har ett nytt meddelande.", ""):
        said = json.dumps({"title": "Linjen", "body": body, "lang": "sv"}) if body else "<b>no json"
        await session.send(
            "ServiceWorker.deliverPushMessage", {"origin": windows.url, "registrationId": found[0], "data": said}
        )
        await until(page, _SHOWS % json.dumps(body))
        assert await shown(page) == [{"title": "Linjen", "body": body, "lang": "sv", "tag": "linjen"}]
    await page.goto(f"{windows.url}/support")
    (worker,) = page.context.service_workers
    await worker.evaluate("goToCases().catch(() => {})")  # only a real press may bring a window to the front
    await page.wait_for_url(f"{windows.url}/cases")
    await page.get_by_role("button", name="Logga ut").click()
    await page.wait_for_url(f"{windows.url}/")
    await until(page, "async () => !(await (await navigator.serviceWorker.ready).getNotifications()).length")


async def test_without_javascript_it_is_said_what_there_is_instead(windows: Windows) -> None:
    page = await windows.resident("Astrid Nyberg", PHONE, java_script_enabled=False)
    await page.goto(f"{windows.url}/profile/notices")
    await expect(page.get_by_text("behöver webbläsaren JavaScript")).to_be_visible()
    await expect(page.get_by_role("button", name="Avisera mig här")).to_be_hidden()
    await page.get_by_label("Tyst från").select_option("22")
    await page.get_by_role("button", name="Spara tyst tid").tap()
    await expect(page.get_by_role("status").first).to_contain_text("Din tysta tid är sparad")
    await expect(page.get_by_label("Tyst från")).to_have_value("22")
    await page.get_by_label("Tyst från").select_option("21")
    await page.get_by_role("button", name="Spara tyst tid").tap()


async def test_in_the_clinic_the_app_is_not_spoken_of(windows: Windows) -> None:
    page = await windows.nurse("Karin Lindqvist", DESKTOP)
    assert await page.locator("link[rel=manifest]").count() == 0
