"""People who sign in: a browser that does what the order page's script does, and a phone that scans and signs."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httptools
import msgspec

from linjen.core.errors import Unavailable

#: The phone reads the code after so long, and its person has signed after so long more.
SCANS_AFTER_S, SIGNS_AFTER_S = 1.5, 2.0

_STATE = re.compile(rb"event: state\ndata: (.*)\n")
_TOKEN = re.compile(rb'name="csrf" value="([^"]*)"')


class _Answer:
    """One HTTP answer, as it comes."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.done = False
        self.location = ""
        self.cookies: list[tuple[str, str]] = []
        self.body = b""

    @property
    def status(self) -> int:
        """Its status."""
        return int(self.parser.get_status_code())

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line."""
        if name.lower() == b"location":
            self.location = value.decode()
        elif name.lower() == b"set-cookie":
            key, _, rest = value.decode().partition("=")
            self.cookies.append((key, rest.split(";")[0]))

    def on_body(self, data: bytes) -> None:
        """Some of the body."""
        self.body += data

    def on_message_complete(self) -> None:
        """All is here."""
        self.done = True


class _Line:
    """One connection that asks and is answered, with the cookies that it was given."""

    def __init__(self, url: str, head: str = "") -> None:
        parts = urlsplit(url)
        self._place = parts.hostname or "", parts.port or 80
        self._head = f"host: {parts.netloc}\r\n{head}"
        self._cookies: dict[str, str] = {}
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> _Answer:
        """One request. Raises ConnectionError when the other side hangs up."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(*self._place)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        head = f"{method} {path} HTTP/1.1\r\n{self._head}" + (f"cookie: {cookies}\r\n" if cookies else "")
        if body:
            head += f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        self._writer.write(f"{head}\r\n".encode() + body)
        answer = _Answer()
        while not answer.done:
            data = await self._reader.read(262_144)
            if not data:
                raise ConnectionError("the other side hung up")
            answer.parser.feed_data(data)
        self._cookies |= dict(answer.cookies)
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


class Signer:
    """One person with a browser and a phone. `orders` are the simulator's own: the phone knows by the browser's name
    which code it has before it, as a camera would see.
    """

    def __init__(self, url: str, phone_url: str, number: str, orders: Any) -> None:
        self._name = f"Signer/{number}"
        same = f"user-agent: {self._name}\r\norigin: {url}\r\nsec-fetch-site: same-origin\r\n"
        self._browser, self._phone = _Line(url, same), _Line(phone_url)
        self._number, self._orders = number, orders

    async def sign_in(self) -> float:
        """The whole way from the first page to the session; how long the server took to let her in after she had
        signed, in seconds.

        Raises Unavailable where it ends otherwise.
        """
        page = await self._browser.ask("GET", "/sign-in")
        token = _TOKEN.search(page.body)
        fields = {"device": "other", "next": "/home", "csrf": token[1].decode() if token else ""}
        begun = await self._browser.ask(
            "POST", "/sign-in/bankid", urlencode(fields).encode(), "application/x-www-form-urlencoded"
        )
        order = begun.location
        await self._expect(order, 200)
        using_phone = asyncio.create_task(self._use_phone())
        await self._listen(order)
        signed_at = await using_phone
        await self._expect(order, 303)
        took = time.perf_counter() - signed_at
        self._browser.close()
        self._phone.close()
        return took

    async def _expect(self, path: str, status: int) -> None:
        answer = await self._browser.ask("GET", path or "/")
        if answer.status != status:
            raise Unavailable("sign_in_failed", status=answer.status)

    async def _listen(self, order: str) -> None:
        """What the page's script does: one stream, with a new code to show each second, until it is over."""
        told = await self._browser.ask("GET", f"{order}/stream")
        last = _STATE.findall(told.body)[-1:]
        if told.status != 200 or not last or msgspec.json.decode(last[0]).get("status") != "complete":
            raise Unavailable("sign_in_failed", status=told.status)

    async def _use_phone(self) -> float:
        await asyncio.sleep(SCANS_AFTER_S)
        handle = next(
            (
                one.handle
                for one in self._orders.open_orders()
                if one.request.web and one.request.web.user_agent == self._name
            ),
            "",
        )
        who = {"order": handle, "person": self._number}
        await self._phone.ask("POST", "/scan", msgspec.json.encode(who), "application/json")
        await asyncio.sleep(SIGNS_AFTER_S)
        signed = await self._phone.ask("POST", "/sign", msgspec.json.encode({"order": handle}), "application/json")
        if signed.status != 200:
            raise Unavailable("not_signed", status=signed.status)
        return time.perf_counter()
