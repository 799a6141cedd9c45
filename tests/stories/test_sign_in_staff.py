"""Logga in med SITHS: through the provider and back, by HSA-id alone; the choice of unit, the lock and the way out."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from linjen.demo.world import id_of
from tests.stories.sign_in_world import Browser, World


def _path(browser: Browser) -> str:
    return urlsplit(str(browser.page.url)).path


async def _unit(world: World) -> object:
    return await world.region.value("select unit_id from sessions where ended_at is null and kind = 'staff'")


async def test_with_one_unit_the_ledger_is_next(world: World) -> None:
    browser = world.browser()
    await browser.follow(await browser.get("/clinic"))
    assert _path(browser) == "/clinic/sign-in"
    await world.staff("Karin Lindqvist", browser)
    assert _path(browser) == "/clinic/ledger" or browser.page.headers.get("location") == "/clinic/ledger"
    assert await _unit(world) == id_of("unit/ankaret")


async def test_the_page_that_was_asked_for_comes_next(world: World) -> None:
    browser = world.browser()
    await world.staff("Karin Lindqvist", browser, "/clinic/sign-in?next=/clinic/units")
    assert _path(browser) == "/clinic/units"


async def test_with_two_units_one_is_chosen_and_can_be_changed(world: World) -> None:
    browser = await world.staff("Petra Sund")
    assert _path(browser) == "/clinic/units"
    assert "Hälsocentralen Björken" in browser.text()
    await browser.submit("/clinic/units", unit=str(id_of("unit/bjorken")))
    assert browser.page.headers["location"] == "/clinic/ledger"
    assert await _unit(world) == id_of("unit/bjorken")
    await browser.get("/clinic/units")
    for unit in (str(id_of("unit/lyktan")), "not-a-unit", ""):
        assert (
            await browser.post("/clinic/units", {"unit": unit, "csrf": browser.form_token() or ""})
        ).status_code in {404, 409}
        await browser.get("/clinic/units")
    assert await _unit(world) == id_of("unit/bjorken")


async def test_an_administrator_comes_to_administration_and_to_no_ledger(world: World) -> None:
    browser = await world.staff("Maja Ek")
    assert _path(browser) == "/manage"
    assert "Hälsocentralen Ankaret" in browser.text()
    assert (await browser.get("/clinic")).headers["location"] == "/manage"
    assert await _unit(world) is None
    karin = await world.staff("Karin Lindqvist")
    assert (await karin.get("/manage")).status_code == 404


@pytest.mark.parametrize(
    ("name", "words"), [("Okänd Ny", "Ditt konto läggs upp"), ("Ivar Norén", "Du har inga enheter")]
)
async def test_a_card_without_account_or_assignment_opens_nothing(world: World, name: str, words: str) -> None:
    browser = await world.staff(name)
    assert browser.page.status_code == 403
    assert words in browser.text()
    assert browser.staff_token == ""
    assert (await browser.get("/clinic")).headers["location"].startswith("/clinic/sign-in")


async def test_an_answer_to_another_browser_or_used_twice_is_refused(world: World) -> None:
    browser, other = world.browser(), world.browser()
    await browser.get("/clinic/sign-in")
    await browser.follow(await browser.get("/clinic/sign-in/begin"))
    provider = str(browser.page.url)
    answer = await browser.get(str(browser.page.url.join(browser.link("Karin Lindqvist"))))
    back = answer.headers["location"]
    assert provider.startswith(world.region.site.settings.staff_issuer)
    await other.get("/clinic/sign-in/begin")
    assert (await other.get(back)).status_code == 403
    assert (await world.browser().get(back)).status_code == 403
    kept = dict(browser.cookies)
    assert (await browser.get(back)).status_code == 303
    browser.cookies = kept
    again = await browser.get(back)
    assert again.status_code == 403
    assert "startades i ett annat fönster" in browser.text()
    assert browser.staff_token == ""


async def test_turning_back_at_the_provider_is_told_plainly(world: World) -> None:
    browser = world.browser()
    await browser.follow(await browser.get("/clinic/sign-in/begin"))
    cancel = str(browser.page.url).replace("/authorize?", "/cancel?")
    await browser.follow(await browser.get(cancel))
    assert "Du avbröt inloggningen" in browser.text()


async def test_a_provider_that_is_away_is_told_and_not_configured_too(world: World) -> None:
    browser = world.browser()
    siths = world.region.site.siths
    assert siths is not None
    siths.line._facts = None
    siths.line.issuer = "http://127.0.0.1:9"
    assert (await browser.get("/clinic/sign-in/begin")).status_code == 503
    assert "svarar inte just nu" in browser.text()
    world.region.site.siths = None
    await browser.get("/clinic/sign-in")
    assert "stängd en stund" in browser.text()
    assert (await browser.get("/clinic/sign-in/begin")).status_code == 503


async def test_a_foreign_next_ends_at_the_ledger(world: World) -> None:
    browser = world.browser()
    for wanted in ("//evil.example", "https://evil.example", "/home", "/clinic/../home", "/clinicx"):
        await browser.get("/clinic/sign-in", params={"next": wanted})
        assert browser.link("Logga in med SITHS") == "/clinic/sign-in/begin"
        await browser.get("/clinic/sign-in/begin", params={"next": wanted})
    assert await world.region.value("select array_agg(distinct return_to) from sign_in_orders") == [""]


async def test_idle_locks_the_screen_and_the_same_person_unlocks_it_where_she_was(world: World) -> None:
    browser = await world.staff("Petra Sund")
    await browser.submit("/clinic/units", unit=str(id_of("unit/bjorken")))
    first = browser.staff_token
    world.clock.move(15 * 60 + 1)
    page = await browser.follow(await browser.get("/clinic/units", headers={"referer": f"{browser.url}/clinic/units"}))
    assert "Skärmen är låst" in page.text
    assert "Björken" not in browser.text()
    assert (await browser.get("/clinic/units")).headers["location"] == "/clinic/locked?next=/clinic/units"
    assert (await browser.post("/clinic/alive", headers={"x-linjen": "1", "x-csrf": "x"})).status_code == 401
    await world.staff("Petra Sund", browser, "/clinic/locked")
    assert browser.staff_token not in {"", first}
    assert await _unit(world) == id_of("unit/bjorken")
    assert await world.region.value("select count(*) from sessions where kind = 'staff' and ended_at is null") == 1


async def test_unlocking_asks_the_provider_for_a_fresh_sign_in(world: World) -> None:
    browser = await world.staff("Karin Lindqvist")
    await browser.get("/clinic/units")
    await browser.submit("/clinic/units")  # the form with the present unit, for its token
    await browser.get("/clinic/units")
    await browser.post("/clinic/locked", {"csrf": browser.form_token()})
    await browser.get("/clinic/locked", headers={"referer": f"{browser.url}/clinic/units"})
    asked = await browser.get(browser.link("Lås upp"))
    assert "prompt=login" in asked.headers["location"]
    assert (
        await world.region.value("select return_to from sign_in_orders order by begun_at desc limit 1")
        == "/clinic/units"
    )


async def test_who_goes_back_from_the_lock_page_unlocks_to_the_page_she_went_back_to(world: World) -> None:
    browser = await world.staff("Karin Lindqvist")
    await browser.get("/clinic/units")
    await browser.submit("/clinic/units")
    await browser.get("/clinic/units")
    await browser.post("/clinic/locked", {"csrf": browser.form_token()})
    # The browser's back button asks for the page once more, with the page before it as the one that led there.
    back = await browser.get("/clinic/patients?done=1", headers={"referer": f"{browser.url}/clinic/ledger"})
    assert back.headers["location"] == "/clinic/locked?next=/clinic/patients%3Fdone%3D1"
    await browser.get(back.headers["location"], headers={"referer": f"{browser.url}/clinic/ledger"})
    await browser.get(browser.link("Lås upp"))
    began = "select return_to from sign_in_orders order by begun_at desc limit 1"
    assert await world.region.value(began) == "/clinic/patients?done=1"
    for astray in ("//evil.example", "/home", "/clinic/locked"):
        await browser.get("/clinic/locked", params={"next": astray})
        assert browser.link("Lås upp") == "/clinic/sign-in/begin?fresh=1"


async def test_another_person_at_a_locked_screen_gets_her_own_session(world: World) -> None:
    browser = await world.staff("Petra Sund")
    await browser.submit("/clinic/units", unit=str(id_of("unit/bjorken")))
    world.clock.move(15 * 60 + 1)
    await browser.get("/clinic/locked")
    await world.staff("Bo Hellström", browser, "/clinic/locked")
    rows = await world.region.site.database.fetch(
        "select person_id, unit_id from sessions where ended_at is null and kind = 'staff'"
    )
    assert [tuple(row) for row in rows] == [(id_of("staff/bo"), id_of("unit/ankaret"))]


async def test_signing_out_kills_the_token_also_when_locked(world: World) -> None:
    browser = await world.staff("Petra Sund")
    kept, csrf = dict(browser.cookies), browser.form_token()
    world.clock.move(15 * 60 + 1)
    await browser.get("/clinic/locked")
    page = await browser.post("/clinic/sign-out", {"csrf": csrf})
    assert page.headers["location"] == "/clinic/sign-in"
    assert browser.staff_token == ""
    browser.cookies = kept
    assert (await browser.get("/clinic/units")).headers["location"].startswith("/clinic/sign-in")


async def test_activity_keeps_the_screen_open_for_ten_hours_and_no_longer(world: World) -> None:
    browser = await world.staff("Petra Sund")
    csrf = browser.form_token()
    for _ in range(41):
        world.clock.move(14 * 60)
        alive = await browser.post("/clinic/alive", headers={"x-linjen": "1", "x-csrf": csrf})
        assert (alive.status_code, alive.json()["idle_left_s"]) == (200, 900)
    world.clock.move(14 * 60)
    await browser.post("/clinic/alive", headers={"x-linjen": "1", "x-csrf": csrf})
    world.clock.move(14 * 60)
    assert (await browser.post("/clinic/alive", headers={"x-linjen": "1", "x-csrf": csrf})).status_code == 401


async def test_an_ended_account_is_out_at_the_next_request(world: World) -> None:
    browser = await world.staff("Petra Sund")
    assert (await browser.get("/clinic/units")).status_code == 200
    await world.region.site.database.execute("update staff set active = false where given_name = 'Petra'")
    assert (await browser.get("/clinic/units")).status_code == 303
    await world.staff("Petra Sund", browser)
    assert browser.page.status_code == 403


async def test_staff_and_resident_in_one_browser_are_apart(world: World) -> None:
    browser = await world.sign_in("gustav")
    await world.staff("Petra Sund", browser)
    assert "Gustav" not in browser.page.text
    assert browser.token
    assert browser.staff_token
    await browser.post("/clinic/sign-out", {"csrf": browser.form_token()})
    assert "Gustav" in (await browser.get("/")).text
