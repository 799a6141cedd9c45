"""A visitor's browser, without a screen: cookies, pages, forms and the live stream, all by HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any, Self, cast
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

Fields = dict[str, str | list[str]]


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

    def __init__(self, response: httpx.Response) -> None:
        self.url = str(response.url)
        self.path = response.url.path
        self.status = response.status_code
        self._tree = html.fromstring(response.content) if response.content.strip() else html.fromstring("<p></p>")

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
        self._http = httpx.AsyncClient(timeout=30, headers={"accept-language": language})

    async def __aenter__(self) -> Self:
        """Open the browser."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self._http.aclose()

    def _headers(self, *, change: bool) -> dict[str, str]:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if change:
            headers |= {"origin": self.url, "sec-fetch-site": "same-origin"}
        return headers

    def _keep(self, response: httpx.Response) -> None:
        for line in response.headers.get_list("set-cookie"):
            for name, one in SimpleCookie(line).items():
                if one["max-age"] == "0":
                    self._cookies.pop(name, None)
                else:
                    self._cookies[name] = one.value

    async def _follow(self, response: httpx.Response) -> Shown:
        for _ in range(10):
            if urlsplit(str(response.url)).netloc == urlsplit(self.url).netloc:
                self._keep(response)
            if response.status_code not in {302, 303, 307}:
                break
            target = urljoin(str(response.url), response.headers["location"])
            response = await self._http.get(target, headers=self._headers(change=False))
        return Shown(response)

    async def get(self, path: str) -> Shown:
        """A page."""
        return await self._follow(await self._http.get(urljoin(self.url, path), headers=self._headers(change=False)))

    async def send(self, form: Form, changes: Fields | None = None) -> Shown:
        """A form, with some fields filled in."""
        data = {**form.fields, **(changes or {})}
        headers = self._headers(change=True)
        return await self._follow(await self._http.post(form.action, data=data, headers=headers))

    async def post_json(self, url: str, body: dict[str, object], csrf: str = "") -> httpx.Response:
        """What a page's script sends."""
        headers = self._headers(change=True) | {"x-linjen": "1", "x-csrf": csrf}
        return await self._http.post(urljoin(self.url, url), json=body, headers=headers)

    async def listen(self, path: str) -> AsyncIterator[tuple[str, str]]:
        """(event, data) from a live stream, until it ends."""
        headers = self._headers(change=False)
        async with self._http.stream("GET", urljoin(self.url, path), headers=headers, timeout=None) as response:
            event = ""
            data: list[str] = []
            async for line in response.aiter_lines():
                if not line:
                    if event:
                        yield event, "\n".join(data)
                    event, data = "", []
                elif line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data.append(line.removeprefix("data: "))
