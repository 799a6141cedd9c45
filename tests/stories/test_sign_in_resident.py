"""Logga in med BankID: the whole way over HTTP and TLS, and every way in which it must not work."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

import pytest

from linjen.integrations.bankid import Collected
from linjen.simulators.rivta import Mischief
from linjen.web.sign_in.browser import safe_path
from tests.plain_http import plain_client
from tests.stories.sign_in_world import Browser, World, number


async def test_by_qr_code_from_the_choice_to_the_session(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    assert "Starta BankID-appen" in browser.text()
    shown = re.search(r'id="bankid-code".*?stroke="#000" d="([^"]+)"', browser.page.text)
    assert shown is not None
    state = await world.state(browser, order)
    assert state["hint"] == "outstandingTransaction"
    first = await world.state(browser, order, 0)
    assert first["code"]["modules"] != (await world.state(browser, order, 1.1))["code"]["modules"], "new each second"
    await world.tap("/scan")
    assert (await world.state(browser, order))["hint"] == "started"
    await world.tap("/person", person=number("gustav"))
    assert "säkerhetskod" in (await world.state(browser, order))["text"]
    await world.tap("/sign")
    assert (await world.state(browser, order))["status"] == "complete"
    assert browser.token == ""
    page = await browser.get(order)
    assert (page.status_code, page.headers["location"]) == (303, "/home")
    front = await browser.get("/")
    assert "Gustav" in front.text
    assert "/home" in front.text
    assert await world.region.value("select state from sign_in_orders") == "used"


async def test_on_the_same_device_by_the_start_link_and_back(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser, "same", "/cases")
    start = browser.link("Starta BankID-appen")
    assert start.startswith(f"{world.bankid.phone_url}/start?autostarttoken=")
    back = _return_url(world)
    assert "bankid-code" not in browser.page.text
    assert (await world.state(browser, order))["code"] is None
    await browser.follow(await browser.get(start))
    await world.tap("/sign", person=number("gustav"))
    assert (await world.state(browser, order))["status"] == "waiting"
    assert "Gå tillbaka hit genom BankID-appen" in (await browser.get(order)).text
    assert browser.token == ""
    page = await browser.get(back)
    assert (page.status_code, page.headers["location"]) == (303, "/cases")
    assert browser.token


def _return_url(world: World) -> str:
    """The address that the app sends its person to."""
    return str(world.bankid.orders.open_orders()[0].request.return_url)


def _handle(world: World) -> str:
    return world.bankid.orders.open_orders()[0].handle


async def test_another_browser_at_the_return_gets_nothing_and_ends_the_order(world: World) -> None:
    thief, victim = world.browser(), world.browser()
    order = await world.begin(thief, "same")
    back = _return_url(world)
    await world.tap("/start", autostarttoken=_handle(world), person=number("gustav"))
    await world.tap("/sign")
    page = await victim.get(back)
    assert page.status_code == 403
    assert "Börja om i det här fönstret" in page.text
    assert victim.token == ""
    assert (await thief.get(back)).status_code == 303
    await thief.get(order)
    assert "startades i en annan webbläsare" in thief.text()
    assert thief.token == ""
    assert await world.region.value("select person_id from sign_in_orders") is None


async def test_an_order_is_shown_followed_and_cancelled_by_its_own_browser_only(world: World) -> None:
    own, other = world.browser(), world.browser()
    order = await world.begin(own)
    await world.begin(other)
    for answer in (await other.get(order), await world.browser().get(order)):
        assert answer.status_code == 403
    assert (await other.get(f"{order}/state")).status_code == 404
    await other.post(f"{order}/cancel")
    assert (await world.state(own, order))["status"] == "pending"


async def test_a_made_up_nonce_is_refused(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser, "same")
    for nonce in ("", "x", "." * 50, "0197e0c0-0000-7000-8000-000000000000.x", "å", "a" * 5000, order[-36:] + ".x"):
        page = await browser.get("/sign-in/bankid/return", params={"nonce": nonce})
        assert page.status_code == 403
        assert browser.token == ""
    assert (await world.state(browser, order))["status"] == "pending"


async def test_a_session_is_made_once_from_an_order(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    kept = dict(browser.cookies)
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/sign")
    world.clock.move(2.1)
    assert (await browser.get(order)).status_code == 303
    assert browser.token
    browser.cookies = kept
    again = await browser.get(order)
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in")
    assert browser.token == ""
    assert await world.region.value("select count(*) from sessions where kind = 'resident' and ended_at is null") == 1


async def test_many_requests_at_once_make_one_session(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/sign")
    assert (await world.state(browser, order))["status"] == "complete"
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    async with plain_client(base_url=browser.url, headers=headers) as client:
        answers = await asyncio.gather(*(client.get(order) for _ in range(8)))
    assert sorted({answer.headers["location"] for answer in answers}) in (["/home"], ["/home", "/sign-in"])
    assert await world.region.value("select count(*) from sessions where kind = 'resident'") == 1


async def test_the_token_is_new_at_each_sign_in_and_the_old_one_is_dead(world: World) -> None:
    browser = await world.sign_in("gustav")
    first, old = browser.token, dict(browser.cookies)
    order_browser = await _sign_in_again(world, browser)
    assert order_browser.token not in {"", first}
    thief = world.browser()
    thief.cookies = old
    assert (await thief.post("/session/extend")).headers["location"].startswith("/sign-in")


async def _sign_in_again(world: World, browser: Browser) -> Browser:
    order = await _begin_signed_in(world, browser)
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/sign")
    world.clock.move(2.1)
    assert (await browser.get(order)).status_code == 303
    return browser


async def _begin_signed_in(world: World, browser: Browser) -> str:
    """A signed-in browser that begins anew sends its form token, as every form of its pages does."""
    await browser.get("/")
    await browser.follow(await browser.post("/sign-in/bankid", {"device": "other", "csrf": browser.form_token()}))
    return urlsplit(str(browser.page.url)).path


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/%5Cevil.example", "/a//b",
        "/../evil", "/.//evil.example", "//", "javascript:x", "/sign-in", "/clinic/sign-in/begin", "/home\r\nX: y",
        "/" + "a" * 400, "/@evil.example/%2f..", "/home#x", "/å", "home", "",
    ],
)  # fmt: skip
def test_only_a_path_of_ours_is_gone_on_to(wanted: str) -> None:
    assert safe_path(wanted, "/home") == "/home"


@pytest.mark.parametrize(
    "wanted", ["/cases", "/cases/0197e0c0-0000-7000-8000-000000000000", "/intake/?step=words&back=/home"]
)
def test_a_path_of_ours_is_kept(wanted: str) -> None:
    assert safe_path(wanted, "/home") == wanted


async def test_a_foreign_next_ends_at_home(world: World) -> None:
    browser = await world.sign_in("gustav", next_path="//evil.example/x")
    assert browser.page.headers["location"] == "/home"


async def test_a_start_that_nobody_answers_is_renewed_in_silence_until_the_time_is_up(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    first = await _token_in_code(world)
    seen = {first}
    for _ in range(5):
        state = await world.state(browser, order, 31)
        assert (state["status"], state["key"]) == ("pending", "bankid.rfa1")
        seen.add(await _token_in_code(world))
    assert len(seen) == 6
    await world.state(browser, order, 31)
    await browser.get(order)
    assert "Misslyckades att läsa av QR-koden" in browser.text()
    assert (await world.phone.get("/orders")).json()["orders"] == []


async def _token_in_code(world: World) -> str:
    return world.bankid.orders.open_orders()[0].qr_start_token


async def test_bankid_is_asked_every_other_second_however_often_the_page_asks(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    asked = []
    collect = world.region.site.bankid.collect  # type: ignore[union-attr]

    async def counted(order_ref: str) -> Collected:
        asked.append(order_ref)
        return await collect(order_ref)

    world.region.site.bankid.collect = counted  # type: ignore[union-attr, method-assign]
    await asyncio.gather(*(browser.get(f"{order}/state") for _ in range(20)))
    assert len(asked) == 0  # the order page asked a moment ago
    world.clock.move(2.1)
    await asyncio.gather(*(browser.get(f"{order}/state") for _ in range(20)))
    assert len(asked) == 1


async def test_cancel_ends_the_order_at_bankid_too(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser, next_path="/cases")
    page = await browser.submit(f"{order}/cancel")
    assert page.headers["location"] == "/sign-in?next=/cases"
    assert (await world.phone.get("/orders")).json()["orders"] == []
    assert (await browser.get(order)).status_code == 403


@pytest.mark.parametrize(
    ("who", "words"),
    [("elsa", "Din vårdnadshavare loggar in åt dig"), ("gone", "Tjänsten är till för den som är folkbokförd")],
)
async def test_who_may_not_sign_in_is_told_so_kindly(world: World, who: str, words: str) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    await world.tap("/scan", person=number(who))
    await world.tap("/sign")
    await world.state(browser, order)
    await browser.get(order)
    assert words in browser.text()
    assert "1177" in browser.text()
    assert browser.token == ""


async def test_high_risk_is_refused(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/sign", risk="high")
    await world.state(browser, order)
    await browser.get(order)
    assert "stoppades för din säkerhet" in browser.text()
    assert browser.token == ""


async def test_names_protection_and_children_come_from_the_register(world: World) -> None:
    value = world.region.value
    await world.region.site.database.execute("update residents set given_name = 'Fel', protected = 'unchecked'")
    await world.region.site.database.execute("update guardianships set ended_at = now()")
    await world.sign_in("astrid")
    await world.sign_in("ylva")
    assert await value("select count(*) from residents where given_name = 'Astrid' and protected = 'no'") == 1
    assert await value("select count(*) from residents where given_name = 'Ylva' and protected = 'yes'") == 1
    assert await value("select count(*) from guardianships where ended_at is null") == 3


async def test_a_protection_that_the_register_tells_at_the_sign_in_is_on_open_pages_of_staff_at_once(
    world: World,
) -> None:
    karin, case_id = await world.region.staff("karin", "ankaret"), world.region.cases["protected"]
    await world.region.site.database.execute("update residents set protected = 'no'")
    async with karin.listen(f"/clinic/cases/{case_id}/stream") as ear:
        await ear.wait_for("hello")
        await world.sign_in("astrid")
        assert "reload" not in [one[0] for one in ear.heard]
        await world.sign_in("ylva")
        await ear.wait_for("reload")
    assert "Följ regionens rutin" in (await karin.get(f"/clinic/cases/{case_id}")).text


async def test_without_the_register_the_sign_in_works_unchecked(world: World) -> None:
    world.rivta.tell(Mischief(kind="status", status=503, times=9))
    await world.sign_in("stranger")
    await world.sign_in("astrid")
    value = world.region.value
    assert await value("select protected from residents where given_name = 'stranger'") == "unchecked"
    assert await value("select count(*) from guardianships where ended_at is null") == 6
    assert await value("select first_signed_in_at is not null from residents where given_name = 'stranger'") is True


async def test_when_bankid_is_away_the_page_says_so_and_the_next_try_works(world: World) -> None:
    browser = world.browser()
    await browser.get("/sign-in")
    await world.tap("/fault", status="503", times="2")
    await browser.submit("/sign-in/bankid", device="other")
    assert browser.page.status_code == 503
    assert "Internt tekniskt fel" in browser.text()
    assert (await browser.submit("/sign-in/bankid", device="other")).status_code == 303


async def test_a_short_fault_while_waiting_is_lived_through(world: World) -> None:
    browser = world.browser()
    order = await world.begin(browser)
    await world.tap("/scan", person=number("gustav"))
    await world.tap("/fault", status="408", times="1")
    assert await world.state(browser, order) | {"start": "", "code": None} == {
        "status": "pending", "hint": "bankid_timeout", "key": "bankid.rfa5", "start": "", "code": None,
        "text": "Internt tekniskt fel. Försök igen.",
    }  # fmt: skip
    await world.tap("/sign")
    assert (await world.state(browser, order))["status"] == "complete"


async def test_without_bankid_the_page_says_whom_to_call(world: World) -> None:
    world.region.site.bankid = None
    browser = world.browser()
    await browser.get("/sign-in")
    assert "Ring 1177" in browser.text()
    assert (await browser.post("/sign-in/bankid", {"device": "same"})).status_code == 503


async def test_a_form_from_elsewhere_begins_nothing(world: World) -> None:
    browser = world.browser()
    answer = await browser.post("/sign-in/bankid", {"device": "other"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 409
    assert await world.region.value("select count(*) from sign_in_orders") == 0


async def test_too_many_starts_are_slowed_down(world: World) -> None:
    browser = world.browser()
    answers = [await browser.post("/sign-in/bankid", {"device": "same"}) for _ in range(40)]
    assert {answer.status_code for answer in answers[:30]} == {303}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) in {1, 2}
    assert (await browser.get("/sign-in/bankid/return")).status_code == 403, "the way back is not counted"


async def test_the_secrets_lie_sealed(world: World) -> None:
    browser = world.browser()
    await world.begin(browser, "same")
    order = world.bankid.orders.open_orders()[0]
    rows = await world.region.site.database.fetch("select sign_in_orders::text as row from sign_in_orders")
    for secret in (order.ref, order.handle, order.qr_start_token, order.qr_start_secret, *browser.cookies.values()):
        assert not any(secret in row["row"] or secret.encode().hex() in row["row"] for row in rows)
    assert order.qr_start_secret not in browser.page.text
    assert order.ref not in browser.page.text


async def test_what_is_sent_to_her_is_in_the_language_that_she_signed_in_with(world: World) -> None:
    browser = world.browser()
    browser.cookies["linjen-language"] = "en"
    await world.sign_in("gustav", browser)
    gustav = world.region.actors.residents["gustav"]
    assert await world.region.value("select language from residents where id = $1", gustav) == "en"
