"""Signing in as people do: a browser with cookies, the simulators over TLS, and a phone in the other hand."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from lxml import html

from linjen.core import clock
from linjen.core.personal_number import personnummer_for
from linjen.core.settings import read_settings
from linjen.demo import world
from linjen.integrations.bankid import BankID
from linjen.integrations.person_data import PersonData
from linjen.integrations.rivta import Rivta
from linjen.integrations.siths import Siths
from linjen.simulators import bankid, rivta, staff_idp
from linjen.web import rate
from tests.plain_http import plain_client
from tests.region import Region

TODAY = clock.local_date(clock.now())
GONE = personnummer_for(world.birth_of(world.RESIDENTS[0], TODAY), 870)
STRANGER = personnummer_for(world.birth_of(world.RESIDENTS[0], TODAY), 872)
CLIENT = ("linjen-test", "made-up-secret")


class Clock:
    """The time of Linjen and of the simulator, moved by hand; it goes on by itself between the moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.ahead += timedelta(seconds=seconds)


class Browser:
    """Enough of a browser: cookies by their real rules, redirects on demand, forms with what they hide."""

    def __init__(self, url: str, user_agent: str = "Mozilla/5.0 (X11; Linux x86_64) Test") -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self.http = plain_client(headers={"user-agent": user_agent}, timeout=20)
        self.page: httpx.Response

    async def ask(self, method: str, url: str, **rest: Any) -> httpx.Response:
        """One request with this host's cookies; what the answer sets is kept."""
        address = urljoin(self.url, url)
        headers = rest.pop("headers", {})
        own = urlsplit(address)[:2] == urlsplit(self.url)[:2]
        if own and self.cookies:
            headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        self.page = await self.http.request(method, address, headers=headers, **rest)
        for line in self.page.headers.get_list("set-cookie") if own else []:
            self._keep(line)
        return self.page

    def _keep(self, line: str) -> None:
        pair, *marks = [part.strip() for part in line.split(";")]
        name, _, value = pair.partition("=")
        low = [mark.lower() for mark in marks]
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(low), line
        assert not any(mark.startswith("domain") for mark in low), line
        self.cookies[name] = value
        if "max-age=0" in low:
            del self.cookies[name]

    async def get(self, url: str, **rest: Any) -> httpx.Response:
        """A page, redirects not followed."""
        return await self.ask("GET", url, **rest)

    async def post(self, url: str, data: dict[str, str] | None = None, **rest: Any) -> httpx.Response:
        """A form as our own page sends it."""
        headers = {"origin": self.url, "sec-fetch-site": "same-origin", **rest.pop("headers", {})}
        return await self.ask("POST", url, data=data or {}, headers=headers, **rest)

    async def follow(self, page: httpx.Response) -> httpx.Response:
        """Go where the answer sends, as long as it sends somewhere."""
        while page.is_redirect:
            page = await self.get(urljoin(str(page.url), page.headers["location"]))
        return page

    def _tree(self) -> Any:
        return html.fromstring(self.page.text)

    async def submit(self, action: str, **fields: str) -> httpx.Response:
        """Send the form of the present page whose action is `action` (and that holds `fields`, when they are there)."""
        for form in self._tree().forms:
            values = {name: value for name, value in form.form_values() if isinstance(value, str)}
            if form.action == action and all(values.get(name, value) == value for name, value in fields.items()):
                return await self.post(action, values | fields)
        raise AssertionError(f"no form to {action} in {self.page.text}")

    def text(self) -> str:
        """What the page shows."""
        return " ".join(self._tree().find(".//main").text_content().split())

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        for link in self._tree().iter("a"):
            if words in link.text_content():
                return str(link.get("href"))
        raise AssertionError(f"no link {words!r}")

    def form_token(self) -> str:
        """The token that the forms of the present page carry."""
        return str(self._tree().xpath("string(//input[@name='csrf']/@value)"))

    @property
    def token(self) -> str:
        """The resident session's token, '' without one."""
        return next((value for name, value in self.cookies.items() if "linjen-resident" in name), "")

    @property
    def staff_token(self) -> str:
        """The staff session's token, '' without one."""
        return next((value for name, value in self.cookies.items() if "linjen-staff" in name), "")


class World:
    """The program with all its counterparts."""

    def __init__(self, region: Region, others: Counterparts) -> None:
        self.region = region
        self.clock = others.clock
        self.bankid = others.bankid
        self.rivta = others.rivta
        self.phone: httpx.AsyncClient
        self._browsers: list[Browser] = []

    def browser(self, **how: str) -> Browser:
        """A new browser, never here before."""
        self._browsers.append(Browser(self.region.url, **how))
        return self._browsers[-1]

    async def tap(self, path: str, **fields: str) -> httpx.Response:
        """One tap on the phone."""
        answer = await self.phone.post(path, json=fields)
        assert answer.status_code < 400, answer.text
        return answer

    async def begin(self, browser: Browser, device: str = "other", next_path: str = "") -> str:
        """From the choice to the order page; the order's address."""
        await browser.get("/sign-in" + (f"?next={next_path}" if next_path else ""))
        await browser.follow(await browser.submit("/sign-in/bankid", device=device))
        assert browser.page.status_code == 200, browser.page.text
        return urlsplit(str(browser.page.url)).path

    async def state(self, browser: Browser, order: str, after_s: float = 2.1) -> dict[str, Any]:
        """What the page's script is told, so many seconds later."""
        self.clock.move(after_s)
        answer = await browser.get(f"{order}/state", headers={"x-linjen": "1"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def sign_in(self, who: str, browser: Browser | None = None, next_path: str = "") -> Browser:
        """The whole way in by QR code, up to the redirect that the session comes with."""
        browser = browser or self.browser()
        order = await self.begin(browser, next_path=next_path)
        await self.tap("/scan", person=number(who))
        await self.tap("/sign")
        self.clock.move(2.1)
        page = await browser.get(order)
        assert page.status_code == 303, page.text
        return browser

    async def staff(self, name: str, browser: Browser | None = None, path: str = "/clinic/sign-in") -> Browser:
        """The whole way in by card, up to the first page."""
        browser = browser or self.browser()
        await browser.get(path)
        words = "Lås upp" if "locked" in str(browser.page.url) else "Logga in med SITHS"
        await browser.follow(await browser.get(browser.link(words)))
        back = urljoin(str(browser.page.url), browser.link(name))
        await browser.follow(await browser.get(back))
        return browser

    async def close(self) -> None:
        """Close the browsers."""
        for browser in self._browsers:
            await browser.http.aclose()


def number(who: str) -> str:
    """Twelve digits of a resident by key, or of one of the two that the region does not know."""
    outside = {"gone": GONE, "stranger": STRANGER}
    return (outside[who] if who in outside else world.number_of(who)).canonical


def _files(folder: Path) -> tuple[Path, Path, Path]:
    persons = [
        {"name": f"{r.given_name} {r.surname}", "given_name": r.given_name, "surname": r.surname,
         "personal_number": number(r.key)} for r in world.RESIDENTS
    ]  # fmt: skip
    for who in ("gone", "stranger"):
        persons.append({"name": f"{who} Test", "given_name": who, "surname": "Test", "personal_number": number(who)})
    staff = [
        {"employeeHsaId": s.hsa_id, "given_name": s.given_name, "family_name": s.surname, "title": s.title}
        for s in world.STAFF
    ]
    staff.append({"employeeHsaId": "SE5599990011-9999", "given_name": "Okänd", "family_name": "Ny", "title": "Ny"})
    services: dict[str, Any] = world.service_records(TODAY)
    services["persons"].append({
        "number": number("gone"), "given_name": "Borta", "surname": "Test",
        "deregistered": {"code": "AV", "on": "2024-01-02"},
    })  # fmt: skip
    paths = []
    for name, content in (("persons.json", persons), ("staff.json", staff), ("services.json", services)):
        path = folder / name
        path.write_text(json.dumps(content), "utf-8")
        paths.append(path)
    return paths[0], paths[1], paths[2]


class Counterparts:
    """The outside systems, started once for a file of tests and made as new for each."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.bankid: bankid.Running
        self.rivta: rivta.Running
        self.provider: staff_idp.StaffIdp

    def renew(self, url: str) -> None:
        """Forget the test before, and answer to the program at `url`."""
        self.clock.ahead = timedelta()
        self.bankid.orders._orders.clear()
        self.rivta.site.mischiefs.clear()
        self.provider.provider.redirect_uris = frozenset([f"{url}/clinic/sign-in/return"])


@contextlib.asynccontextmanager
async def counterparts(folder: Path) -> AsyncIterator[Counterparts]:
    """BankID over TLS, the national services and the staff's identity provider, on free ports."""
    one = Counterparts(Clock())
    persons, staff, services = await asyncio.to_thread(_files, folder)
    async with contextlib.AsyncExitStack() as stack:
        one.bankid = await bankid.serve(folder / "certificates", persons, clock=one.clock, allowed=True)
        stack.push_async_callback(one.bankid.stop)
        one.rivta = await rivta.serve(services, allowed=True)
        stack.push_async_callback(one.rivta.stop)
        one.provider = await staff_idp.serve(staff, *CLIENT, [])
        stack.push_async_callback(one.provider.stop)
        one.provider.provider._now = one.clock
        yield one


@contextlib.asynccontextmanager
async def sign_in_world(region: Region, others: Counterparts, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The region's running program, connected to its counterparts, under a clock that can be moved."""
    rate.forget()
    others.renew(region.url)
    monkeypatch.setattr(clock, "now", others.clock)
    one = World(region, others)
    async with contextlib.AsyncExitStack() as stack:
        one.phone = await stack.enter_async_context(plain_client(base_url=one.bankid.phone_url))
        await _connect(one, others.provider.issuer, stack)
        stack.push_async_callback(one.close)
        yield one


async def _connect(one: World, issuer: str, stack: contextlib.AsyncExitStack) -> None:
    site, simulator = one.region.site, one.bankid
    settings = read_settings(
        {}, data_dir=site.settings.data_dir, public_url=one.region.url, demo=True, bankid_url=simulator.rp_url,
        bankid_ca_file=simulator.ca_file, bankid_cert_file=simulator.client_cert_file,
        bankid_key_file=simulator.client_key_file, staff_issuer=issuer, staff_client_id=CLIENT[0],
        staff_client_secret=CLIENT[1], rivta_url=one.rivta.url, rivta_logical_address="SE5599990011-0001",
    )  # fmt: skip
    site.settings = settings
    site.bankid, site.siths = BankID.from_settings(settings), Siths.from_settings(settings)
    line = Rivta.from_settings(settings)
    site.person_data = PersonData.from_settings(settings, line)
    site.demo_links = {"bankid_phone": simulator.phone_url}
    for close in (site.bankid.close, site.siths.aclose, line.close):
        stack.push_async_callback(close)
