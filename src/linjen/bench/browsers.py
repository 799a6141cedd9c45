"""Lean browsers and ears of the shift's bench: one connection each, times in milliseconds, and every event counted."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

import msgspec

from linjen.bench.answerers import Parsed

#: A message's bubble and a case's row, by their ids.
_MARK = re.compile(rb'id="(m|case)-([0-9a-f]{8}-[0-9a-f-]{27})"')
_TAIL = 64


class Answer(msgspec.Struct, frozen=True):
    """What came back: status, where it leads, how long the body is, and how long it took."""

    status: int
    location: str
    size: int
    ms: float


class Browser:
    """One person's browser, signed in as `kind` ('resident' or 'staff')."""

    def __init__(self, url: str, kind: str, token: str, csrf: str) -> None:
        parts = urlsplit(url)
        self.kind = kind
        self._csrf = csrf
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = (
            f"host: {self._host}:{self._port}\r\norigin: {url}\r\nsec-fetch-site: same-origin\r\n"
            f"cookie: __Host-linjen-{kind}-{self._port}={token}\r\n"
        )
        self._writer: asyncio.StreamWriter | None = None
        self._used_at = 0.0
        self._turn = asyncio.Lock()

    async def get(self, path: str) -> Answer:
        """A page."""
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())

    async def post(self, path: str, fields: dict[str, str] | bytes) -> Answer:
        """A form; encoded fields are sent as they are, with the token before them."""
        more = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        body = b"csrf=" + self._csrf.encode() + (b"&" + more if more else b"")
        head = f"{self._head}content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n\r\n"
        return await self._ask(f"POST {path} HTTP/1.1\r\n{head}".encode() + body)

    async def say(self, path: str, message_id: str, text: str) -> Answer:
        """A chat message, as the page's script sends it."""
        body = msgspec.json.encode({"id": message_id, "text": text})
        head = (
            f"{self._head}x-linjen: 1\r\nx-csrf: {self._csrf}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return await self._ask(f"POST {path} HTTP/1.1\r\n{head}".encode() + body)

    def ear(self, path: str) -> Ear:
        """An ear for a live stream of this person's; `listen` opens it."""
        request = f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()
        return Ear(self._host, self._port, request)

    async def _ask(self, request: bytes) -> Answer:
        async with self._turn:
            # The server closes what has been idle for 15 s; a fresh connection is a part of what a page costs.
            began = time.perf_counter()
            if self._writer is None or began - self._used_at > 10:
                self.close()
                self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
            parsed = Parsed()
            self._writer.write(request)
            while not parsed.done:
                data = await self._reader.read(262_144)
                if not data:
                    raise ConnectionError("the server closed the connection")
                parsed.parser.feed_data(data)
            self._used_at = time.perf_counter()
            return Answer(parsed.status, parsed.location.decode(), parsed.size, (self._used_at - began) * 1000)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Ear(asyncio.Protocol):
    """One open stream: when each message or row came first, and how often."""

    def __init__(self, host: str, port: int, request: bytes) -> None:
        self._place = host, port
        self._request = request
        self._rest = b""
        self._live: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.first: dict[str, float] = {}
        self.times: Counter[str] = Counter()

    async def listen(self) -> None:
        """Open the stream; returns when it is live. Raises ConnectionError when the server hangs up before."""
        await asyncio.get_running_loop().create_connection(lambda: self, *self._place)
        await self._live

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = transport
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Some of the stream."""
        if not self._live.done() and b"event: hello" in data:
            self._live.set_result(None)
        self.take(data, time.perf_counter())

    def take(self, data: bytes, at: float) -> None:
        """Count what it holds; an id that is cut in two is counted when its end has come."""
        data = self._rest + data
        end = 0
        for found in _MARK.finditer(data):
            name = found[2].decode()
            self.first.setdefault(name, at)
            self.times[name] += 1
            end = found.end()
        self._rest = data[max(end, len(data) - _TAIL) :]

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up."""
        if not self._live.done():
            self._live.set_exception(exc or ConnectionError("closed before it was live"))

    def close(self) -> None:
        """Stop listening."""
        self._transport.close()


class Tally:
    """What should have come where: each message once on every ear that listens to its case, each new case as a row."""

    def __init__(self) -> None:
        self.missed = self.doubled = 0
        self.delays: list[float] = []

    def settle(self, name: str, began: float, ears: list[Ear], *, once: bool) -> None:
        """Count one event, after it has had its time. A row may be drawn anew, a message never (`once`)."""
        for ear in ears:
            if name not in ear.first:
                self.missed += 1
                continue
            self.delays.append((ear.first[name] - began) * 1000)
            if once and ear.times[name] > 1:
                self.doubled += 1
