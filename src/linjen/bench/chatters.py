"""Simulated pairs who chat: one side sends by HTTP, the other listens to its stream. Lean, so that the load's core
does not become the limit."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit
from uuid import UUID

import httptools

from linjen.core.ids import new_id

#: An ordinary message: one with a warning sign would raise its case, which is another thing to measure.
TEXT = "Hej! Det känns lite bättre i dag, men jag är fortfarande lite trött."


class _Answers:
    """Collects an HTTP answer's status."""

    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.parser = httptools.HttpResponseParser(self)
        self.status = 0

    def on_message_complete(self) -> None:
        """The whole answer is here."""
        self.status = self.parser.get_status_code()
        self.parser = httptools.HttpResponseParser(self)
        self.done.set()


class Chatter:
    """One sender with one connection, and the other party's open stream."""

    def __init__(self, url: str, case_id: UUID, sender: tuple[str, str], listener: str, *, by_staff: bool) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        port = parts.port
        mine, other = ("staff", "resident") if by_staff else ("resident", "staff")
        prefix, other_prefix = ("/clinic", "") if by_staff else ("", "/clinic")
        token, csrf = sender
        self._head = (
            f"POST {prefix}/cases/{case_id}/messages HTTP/1.1\r\nhost: {self._host}:{port}\r\norigin: {url}\r\n"
            f"sec-fetch-site: same-origin\r\nx-linjen: 1\r\nx-csrf: {csrf}\r\ncontent-type: application/json\r\n"
            f"cookie: __Host-linjen-{mine}-{port}={token}\r\ncontent-length: "
        ).encode()
        self._listen_head = (
            f"GET {other_prefix}/cases/{case_id}/stream HTTP/1.1\r\nhost: {self._host}:{port}\r\n"
            f"cookie: __Host-linjen-{other}-{port}={listener}\r\n\r\n"
        ).encode()
        self.sent_at: dict[bytes, float] = {}
        self.delays: list[float] = []
        self.answers: list[float] = []
        self.failures = 0
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect both sides and wait until the stream is live."""
        await self.connect()
        self._ear, self._ear_writer = await asyncio.open_connection(self._host, self._port)
        self._ear_writer.write(self._listen_head)
        await self._ear.readuntil(b"event: hello")
        self._listening = asyncio.create_task(self._listen())

    async def connect(self) -> None:
        """A fresh connection for sending: the server rightly closes one that has been idle."""
        if self._writer is not None:
            self._writer.close()
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._answers = _Answers()

    async def _listen(self) -> None:
        while True:
            try:
                data = await self._ear.readuntil(b"\n\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            start = data.find(b'id="m-')
            if start >= 0:
                began = self.sent_at.pop(data[start + 6 : start + 42], None)
                if began is not None:
                    self.delays.append((time.perf_counter() - began) * 1000)

    async def send(self) -> None:
        """One message; returns when it has been answered."""
        message_id = str(new_id())
        body = f'{{"id":"{message_id}","text":"{TEXT}"}}'.encode()
        began = time.perf_counter()
        self.sent_at[message_id.encode()] = began
        assert self._writer is not None  # noqa: S101 - connected before sending
        self._writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        self._answers.done.clear()
        while not self._answers.done.is_set():
            data = await self._reader.read(4096)
            if not data:
                raise ConnectionError("the server closed the connection")
            self._answers.parser.feed_data(data)
        if self._answers.status == 201:
            self.answers.append((time.perf_counter() - began) * 1000)
        else:
            self.failures += 1
            self.sent_at.pop(message_id.encode(), None)

    async def close(self) -> None:
        """Hang up."""
        self._listening.cancel()
        for writer in (self._writer, self._ear_writer):
            if writer is not None:
                writer.close()
