"""Sessioner: how long they last, how they end, which language they speak, and forms that came too late."""

from __future__ import annotations

import pytest

from tests.stories.sign_in_world import Browser, World


@pytest.fixture
async def gustav(world: World) -> Browser:
    """A resident's browser, signed in, on the front page."""
    browser = await world.sign_in("gustav")
    await browser.get("/")
    return browser


async def _stay(browser: Browser, csrf: str) -> int:
    answer = await browser.post("/session/extend", headers={"x-linjen": "1", "x-csrf": csrf})
    return int(answer.json()["idle_left_s"]) if answer.status_code == 200 else -answer.status_code


async def test_a_resident_is_signed_out_after_thirty_idle_minutes(world: World, gustav: Browser) -> None:
    csrf = gustav.form_token()
    world.clock.move(29 * 60)
    assert await _stay(gustav, csrf) == 1800
    world.clock.move(30 * 60 + 1)
    assert await _stay(gustav, csrf) == -401
    turned = (await gustav.get("/cases")).headers["location"]
    assert turned == "/sign-in?next=/cases&why=ended"
    assert "Du är utloggad för din säkerhet" in (await gustav.get(turned)).text
    assert "Gustav" not in (await gustav.get("/")).text


async def test_a_resident_is_signed_out_after_eight_hours_however_active(world: World, gustav: Browser) -> None:
    csrf = gustav.form_token()
    for _ in range(16):
        world.clock.move(29 * 60)
        assert await _stay(gustav, csrf) == 1800
    world.clock.move(17 * 60)
    assert await _stay(gustav, csrf) == -401


async def test_the_extension_is_a_plain_form_too(world: World, gustav: Browser) -> None:
    csrf = gustav.form_token()
    page = await gustav.post("/session/extend", {"csrf": csrf}, headers={"referer": f"{gustav.url}/cases?page=2"})
    assert page.headers["location"] == "/cases?page=2"


async def test_signing_out_kills_the_token_everywhere(world: World, gustav: Browser) -> None:
    kept = dict(gustav.cookies)
    session = await world.region.value("select id from sessions where ended_at is null and kind = 'resident'")
    ended: list[object] = []
    world.region.site.hub.end_session = ended.append  # type: ignore[method-assign, assignment]
    page = await gustav.post("/sign-out", {"csrf": gustav.form_token()})
    assert page.headers["location"] == "/"
    assert gustav.token == ""
    assert ended == [session]
    gustav.cookies = kept
    assert "Gustav" not in (await gustav.get("/")).text


async def test_a_form_without_the_right_token_changes_nothing(world: World, gustav: Browser) -> None:
    other = await world.sign_in("olle")
    await other.get("/")
    for csrf in ("", "x", other.form_token()):
        page = await gustav.post("/sign-out", {"csrf": csrf})
        assert page.status_code == 409
        assert "för länge" in page.text
    foreign = await gustav.post("/sign-out", {"csrf": gustav.form_token()}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 409
    assert "Gustav" in (await gustav.get("/")).text


async def test_a_form_of_an_earlier_session_has_expired(world: World, gustav: Browser) -> None:
    old = gustav.form_token()
    await gustav.post("/sign-out", {"csrf": old})
    await world.sign_in("gustav", gustav)
    assert (await gustav.post("/sign-out", {"csrf": old})).status_code == 409


async def test_the_language_follows_the_browser_and_the_session(world: World, gustav: Browser) -> None:
    csrf = gustav.form_token()
    page = await gustav.post("/language", {"csrf": csrf, "language": "en"}, headers={"referer": f"{gustav.url}/?x=1"})
    assert page.headers["location"] == "/?x=1"
    assert "Welcome to care" in (await gustav.get("/")).text
    assert (
        await world.region.value("select language from sessions where ended_at is null and kind = 'resident'") == "en"
    )
    await gustav.post("/sign-out", {"csrf": csrf})
    await gustav.get("/sign-in")
    assert "Mobile BankID on another device" in gustav.text()
    order = await world.begin(gustav)
    assert (await world.state(gustav, order))["text"] == "Start your BankID app."
    bad = await gustav.post("/language", {"language": "xx"})
    assert bad.status_code == 422


async def test_easy_swedish_is_chosen_as_english_is_and_kept_after_signing_out(world: World, gustav: Browser) -> None:
    csrf = gustav.form_token()
    await gustav.get("/profile")
    assert "inte på lätt svenska" in gustav.text(), "before she chooses she reads what is not in it"
    await gustav.post("/language", {"csrf": csrf, "language": "sv-latt"}, headers={"referer": f"{gustav.url}/home"})
    page = await gustav.get("/home")
    assert '<html lang="sv"' in page.text
    assert "Skriv till oss här." in page.text
    assert "Visa sidorna på lätt svenska" not in (await gustav.get("/profile")).text
    assert "Frågorna om hur du mår är på vanlig svenska." in gustav.text()
    await gustav.post("/sign-out", {"csrf": csrf})
    assert "Är du sjuk?" in (await gustav.get("/")).text
    await world.sign_in("gustav", gustav)
    chosen = "select language from sessions where ended_at is null and kind = 'resident'"
    assert await world.region.value(chosen) == "sv-latt"


async def test_the_language_switch_leads_nowhere_else(world: World) -> None:
    browser = world.browser()
    for referer in ("https://evil.example/x", "//evil.example", "/\\evil.example", "http://127.0.0.1:9/x"):
        page = await browser.post(
            "/language", {"language": "en", "next": "//evil.example"}, headers={"referer": referer}
        )  # fmt: skip
        assert page.headers["location"] == "/"


async def test_from_what_a_form_was_sent_to_the_language_switch_leads_to_the_page_of_the_form(gustav: Browser) -> None:
    csrf, case = gustav.form_token(), "0197e0c0-0000-7000-8000-000000000000"
    for sent_to, page in (
        ("/profile/phone", "/profile"), (f"/cases/{case}/calls", f"/cases/{case}"), ("/cases?x=1", "/cases?x=1"),
        ("/nowhere/at/all", "/"),
    ):  # fmt: skip
        answer = await gustav.post(
            "/language", {"csrf": csrf, "language": "en"}, headers={"referer": f"{gustav.url}{sent_to}"}
        )  # fmt: skip
        assert answer.headers["location"] == page


async def test_a_signed_in_resident_is_not_asked_to_sign_in(gustav: Browser) -> None:
    assert (await gustav.get("/sign-in?next=/cases")).headers["location"] == "/cases"


async def test_pages_are_stored_nowhere_and_framed_nowhere(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    for path in ("/", "/sign-in", order, f"{order}/state", "/clinic/sign-in"):
        page = await browser.get(path)
        assert page.headers["cache-control"] == "no-store"
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"
        assert "<script>" not in page.text
        assert " style=" not in page.text
