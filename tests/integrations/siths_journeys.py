"""What the staff sign-in tests share: two providers, a browser that clicks, and a line that can be altered."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from lxml import html

from linjen.core.settings import Settings
from linjen.integrations.http_line import Answer, HttpLine
from linjen.integrations.siths import Pending, Siths
from linjen.simulators.staff_idp import StaffIdp, serve
from tests.plain_http import NO_AUTHORITIES, plain_client

LOA2 = "http://id.sambi.se/loa/loa2"
LOA3 = "http://id.sambi.se/loa/loa3"
REDIRECT_URI = "http://127.0.0.1:8000/clinic/sign-in/back"
CLIENT_ID = "linjen"
# Signs that trip a client which forgets to form-encode before Basic.
CLIENT_SECRET = "made:up+50% & more"

KARIN = {"employeeHsaId": "se2321000099-ank1", "given_name": "Karin", "family_name": "Ekdahl"}
ACCOUNTS: dict[str, dict[str, Any]] = {
    "karin": {"acr": LOA3, "claims": KARIN},
    "low": {"acr": LOA2, "claims": KARIN},
    "nobody": {"acr": LOA3, "claims": {"given_name": "Olle", "family_name": "Utan"}},
    "garbled": {"acr": LOA3, "claims": KARIN | {"employeeHsaId": "ANK1"}},
}
STAFF = [
    KARIN | {"title": "Sjuksköterska", "description": "Hälsocentralen Ankaret"},
    {"employeeHsaId": "SE2321000099-ANK2", "given_name": "Bo", "family_name": "Lind", "title": "Läkare", "acr": LOA2},
    {"given_name": "Olle", "family_name": "<b>Utan</b>", "title": "Nyanställd"},
]
COUNTERPARTS = Path(__file__).parent.parent / "counterparts"


Alter = Callable[[dict[str, Any]], dict[str, Any]]


class Noting(HttpLine):
    """The real network to the provider; notes each path and any Basic header, and can alter the token answer."""

    def __init__(self) -> None:
        super().__init__(tls=NO_AUTHORITIES, connect_s=10, read_s=10, total_s=20)
        self.asked: list[str] = []
        self.basic = False
        self.alter: Alter | None = None

    async def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, **rest: bool
    ) -> Answer:
        self.asked.append(urlsplit(url).path)
        self.basic |= "Authorization" in (headers or {})
        answer = await super().ask(method, url, body=body, headers=headers, **rest)
        if self.alter is None or method != "POST":
            return answer
        return Answer(answer.status, answer.headers, json.dumps(self.alter(json.loads(answer.body))).encode())


@asynccontextmanager
async def siths_client(issuer: str, line: Noting | None = None, **changed: str) -> AsyncIterator[Siths]:
    """Our client, as the settings make it."""
    values = {"staff_client_id": CLIENT_ID, "staff_client_secret": CLIENT_SECRET} | changed
    siths = Siths.from_settings(
        Settings(staff_issuer=issuer, **values),  # type: ignore[arg-type]
        line=line or Noting(),
    )
    try:
        yield siths
    finally:
        await siths.aclose()


def node_program() -> str:
    """Path of node. Without it, or without the packages, the test is skipped; under CI=true that is a failure."""
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if node and (COUNTERPARTS / "node_modules" / "oidc-provider").is_dir():
        return node
    reason = "needs node and the packages in tests/counterparts (bin/setup installs both)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def independent_provider(auth_method: str) -> AsyncIterator[str]:
    """npm oidc-provider on a free port; yields its issuer. A second client, "other", has the same secret."""
    clients = [
        {"client_id": name, "client_secret": CLIENT_SECRET, "redirect_uris": [REDIRECT_URI]}
        for name in (CLIENT_ID, "other")
    ]
    process = await asyncio.create_subprocess_exec(
        node_program(),
        str(COUNTERPARTS / "oidc_provider.mjs"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin and process.stdout
    config = {"clients": clients, "authMethod": auth_method, "accounts": ACCOUNTS}
    try:
        process.stdin.write(json.dumps(config).encode() + b"\n")
        ready = await asyncio.wait_for(process.stdout.readline(), timeout=30)
        yield json.loads(ready)["issuer"]
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), timeout=10)


@asynccontextmanager
async def demo_provider(folder: Path, port: int = 0) -> AsyncIterator[StaffIdp]:
    """Our simulated provider with STAFF on its cards, allowed to run."""
    staff_file = folder / "staff.json"
    staff_file.write_text(json.dumps(STAFF))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINJEN_SIMULATORS", "allowed")
        idp = await serve(staff_file, CLIENT_ID, CLIENT_SECRET, [REDIRECT_URI], port)
    try:
        yield idp
    finally:
        await idp.stop()


class Browser:
    """Enough of a browser: cookies, links, forms, and redirects up to the moment Linjen would be asked."""

    def __init__(self) -> None:
        self.http = plain_client()

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def go(self, url: str, form: Mapping[str, str] | None = None) -> httpx.Response:
        """Load a page and follow its redirects; stops with the redirect that leads back to Linjen."""
        response = await (self.http.get(url) if form is None else self.http.post(url, data=dict(form)))
        while response.is_redirect and not returned(response):
            response = await self.http.get(urljoin(str(response.url), response.headers["location"]))
        return response

    async def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the page's form, hidden fields included."""
        assert _tree(page).forms, page.text
        form: Any = _tree(page).forms[0]
        values = {name: value for name, value in form.form_values() if isinstance(value, str)}
        return await self.go(urljoin(str(page.url), form.action), values | fields)

    async def click(self, page: httpx.Response, words: str) -> httpx.Response:
        """Follow the page's link whose text holds `words`."""
        for link in _tree(page).iter("a"):
            if words in link.text_content():
                return await self.go(urljoin(str(page.url), link.get("href", "")))
        raise AssertionError(f"no link with {words!r}")


def _tree(page: httpx.Response) -> Any:
    return html.fromstring(page.text)


def returned(response: httpx.Response) -> bool:
    """Whether the response sends the browser back to Linjen."""
    location: str = response.headers.get("location", "")
    return location.startswith(REDIRECT_URI)


def way_back(response: httpx.Response) -> dict[str, str]:
    """The query that Linjen would be called with."""
    assert returned(response), response.text
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


async def log_in(url: str, login: str) -> dict[str, str]:
    """Log in at the independent provider through its forms, name and consent."""
    async with Browser() as browser:
        page = await browser.submit(await browser.go(url), login=login, password="x")
        return way_back(page if returned(page) else await browser.submit(page))


async def choose(url: str, name: str) -> dict[str, str]:
    """Choose a card at the simulated provider."""
    async with Browser() as browser:
        return way_back(await browser.click(await browser.go(url), name))


async def begun(siths: Siths, name: str = "Karin Ekdahl", **how: bool) -> tuple[Pending, dict[str, str]]:
    """A sign-in at the simulated provider, up to the way back."""
    url, pending = await siths.begin(REDIRECT_URI, **how)
    return pending, await choose(url, name)
