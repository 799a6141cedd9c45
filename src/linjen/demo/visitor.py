"""A visitor's browser, without a screen: cookies, pages, forms and the live stream, all by HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any, Self, cast
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from lxml import html

Fields = dict[str, str | list[str]]

#: A line of a live stream may hold a whole row of a page.
_LONGEST_LINE = 1 << 20


def _all(tree: html.HtmlElement, path: str) -> list[Any]:
    """What an XPath that selects nodes or texts finds."""
    return cast("list[Any]", tree.xpath(path))


class Form:
    """One form of a page: where it goes, what it holds, and which choices it offers."""

    def __init__(self, element: html.FormElement, page: str) -> None:
        self.action = urljoin(page, element.get("action") or page)
        self.fields: Fields = {}
        self.choices: dict[str, list[str]] = {}
        self.kinds: dict[str, str] = {}
        self.text = " ".join(element.text_content().split())
        for one in _all(element, ".//input | .//textarea | .//select | .//button"):
            self._take(one)

    def _take(self, one: html.HtmlElement) -> None:
        name = one.get("name")
        if not name:
            return
        kind = one.get("type", "text") if one.tag == "input" else one.tag
        value = (one.text or "") if one.tag == "textarea" else one.get("value", "")
        if kind in {"radio", "checkbox", "button"}:
            self.choices.setdefault(name, []).append(value)
            self.kinds.setdefault(name, kind)
            if one.get("checked") is not None:
                self.fields[name] = value
        elif kind not in {"file", "submit"}:
            self.fields[name] = value
            self.kinds[name] = kind


class Shown:
    """A page as it was shown."""

    def __init__(self, url: str, status: int, content: bytes) -> None:
        self.url = url
        self.path = urlsplit(url).path
        self.status = status
        self._tree = html.fromstring(content if content.strip() else b"<p></p>")

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return " ".join("".join(_all(self._tree, "(//h1)[1]//text()")).split())

    @property
    def forms(self) -> list[Form]:
        """The forms of the page's main part."""
        return [Form(one, self.url) for one in _all(self._tree, "//main//form")]

    def links(self) -> list[str]:
        """Where the page's links lead."""
        return [str(href) for href in _all(self._tree, "//main//a/@href")]

    def attribute(self, path: str) -> str:
        """The first value of an XPath, or ''."""
        found = _all(self._tree, path)
        return str(found[0]) if found else ""


class Visitor:
    """One person's browser. Redirects are followed; cookies are kept as this host's, Secure ones too."""

    def __init__(self, url: str, language: str = "sv") -> None:
        self.url = url
        self._cookies: dict[str, str] = {}
        self._language = language
        self._http: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        """Open the browser."""
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(30), headers={"accept-language": self._language},
            cookie_jar=aiohttp.DummyCookieJar(), read_bufsize=_LONGEST_LINE,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self._http.close()

    def _headers(self, *, change: bool) -> dict[str, str]:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if change:
            headers |= {"origin": self.url, "sec-fetch-site": "same-origin"}
        return headers

    def _keep(self, response: aiohttp.ClientResponse) -> None:
        for line in response.headers.getall("set-cookie", []):
            for name, one in SimpleCookie(line).items():
                if one["max-age"] == "0":
                    self._cookies.pop(name, None)
                else:
                    self._cookies[name] = one.value

    async def _follow(self, method: str, url: str, body: bytes | None = None) -> Shown:
        headers = self._headers(change=body is not None)
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        shown = Shown(url, 0, b"")
        for _ in range(10):
            async with self._http.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
                shown = Shown(str(response.url), response.status, await response.read())
                if urlsplit(shown.url).netloc == urlsplit(self.url).netloc:
                    self._keep(response)
                if response.status not in {302, 303, 307}:
                    break
                method, url, body = "GET", urljoin(shown.url, response.headers["location"]), None
                headers = self._headers(change=False)
        return shown

    async def get(self, path: str) -> Shown:
        """A page."""
        return await self._follow("GET", urljoin(self.url, path))

    async def send(self, form: Form, changes: Fields | None = None) -> Shown:
        """A form, with some fields filled in."""
        data = {**form.fields, **(changes or {})}
        return await self._follow("POST", form.action, urlencode(data, doseq=True).encode("ascii"))

    async def listen(self, path: str) -> AsyncIterator[tuple[str, str]]:
        """(event, data) from a live stream, until it ends."""
        headers = self._headers(change=False)
        forever = aiohttp.ClientTimeout(total=None)
        async with self._http.get(urljoin(self.url, path), headers=headers, timeout=forever) as response:
            event = ""
            data: list[str] = []
            async for raw in response.content:
                line = raw.decode().rstrip("\r\n")
                if not line:
                    if event:
                        yield event, "\n".join(data)
                    event, data = "", []
                elif line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data.append(line.removeprefix("data: "))
