"""The pages with which care begins a case: axe finds nothing, and they fit a small screen."""

from __future__ import annotations

from linjen.demo.world import number_of
from tests.browser.test_accessibility import Looker, look
from tests.browser.windows import PHONE, Windows

__all__ = ["look"]


async def test_search_patient_outreach_phone_and_booking(windows: Windows, look: Looker) -> None:
    karin = await windows.nurse("Karin Lindqvist", PHONE)
    await karin.goto(f"{windows.url}/clinic/patients")
    await look(karin)
    await karin.fill("#who", number_of("olle").canonical)
    await karin.locator("main form button").click()
    await karin.get_by_text("Varför söker du?").wait_for()
    await look(karin)
    await karin.fill("#who", number_of("gustav").canonical)
    await karin.locator("main form button").click()
    await karin.wait_for_url("**/clinic/patients/*")
    await look(karin)
    here = karin.url
    for part in ("asynchronous", "calls", "bookings", "bookings?kind=scheduled"):
        await karin.goto(f"{here}/{part}")
        await look(karin)
    await karin.goto(f"{here}/asynchronous")
    await karin.get_by_label("Administrativt").check()
    await karin.get_by_role("button", name="Nästa").click()
    await karin.locator("#text").wait_for()
    await look(karin)
    await karin.fill("#text", "Hej Gustav!")
    await karin.get_by_role("button", name="Skicka").click()
    await karin.wait_for_url("**/clinic/cases/*")
    case = karin.url
    for part in ("bookings", "bookings?kind=scheduled_free", "signposts"):
        await karin.goto(f"{case}/{part}")
        await look(karin)
    await karin.goto(f"{windows.url}/clinic/booked")
    await look(karin)
    ingrid = await windows.resident("Ingrid Åkesson", PHONE)
    for path in ("/home", "/profile", "/profile/notices"):
        await ingrid.goto(windows.url + path)
        await look(ingrid)
