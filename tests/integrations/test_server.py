"""The HTTP server on a real socket: slow connections end, and what is answered directly keeps its order and limits."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from linjen.web import server as server_module
from linjen.web.server import Answer, Server, listen


class _Echo:
    """Answers POST /direct in one go and everything else by ASGI; a slow direct answer shows the order."""

    def __init__(self) -> None:
        self.direct = 0
        self.usual = 0

    def find_direct(self, method: bytes, url: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Answer | None:
        return self._answer if method == b"POST" and url == b"/direct" else None

    async def _answer(self, body: bytes) -> tuple[int, bytes]:
        self.direct += 1
        if body == b"broken":
            raise RuntimeError("as asked")
        await asyncio.sleep(0.05)
        return 201, b'"' + body + b'"'

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.usual += 1
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"usual"})


@contextlib.asynccontextmanager
async def _serving(app: _Echo) -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    server = Server(app, listener, end_streams=lambda: None)
    await server.start()
    try:
        yield listener.getsockname()[1]
    finally:
        await server.stop()


async def _ask(port: int, data: bytes, until: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    got = b""
    async with asyncio.timeout(10):
        while until not in got and (more := await reader.read(4096)):
            got += more
    writer.close()
    return got


def _post(body: bytes) -> bytes:
    return b"POST /direct HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


async def test_a_direct_answer_is_whole_and_not_stored() -> None:
    app = _Echo()
    async with _serving(app) as port:
        got = await _ask(port, _post(b"one"), b'"one"')
    assert got.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"cache-control: no-store\r\n" in got
    assert b"x-content-type-options: nosniff\r\n" in got
    assert (app.direct, app.usual) == (1, 0)


async def test_requests_that_come_at_once_are_answered_in_their_order() -> None:
    app = _Echo()
    get = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
    async with _serving(app) as port:
        got = await _ask(port, _post(b"one") + get, b"usual")
    assert got.index(b'"one"') < got.index(b"usual")


async def test_what_breaks_in_a_direct_answer_is_a_500_and_the_connection_lives_on() -> None:
    app = _Echo()
    async with _serving(app) as port:
        got = await _ask(port, _post(b"broken") + _post(b"two"), b"usual")
    assert got.startswith(b"HTTP/1.1 500 ")
    assert (app.direct, app.usual) == (1, 1)


async def test_a_header_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HEADER_S", 0.2)
    monkeypatch.setattr(server_module, "_LOOK_S", 0.05)
    async with _serving(_Echo()) as port:
        assert await _ask(port, b"", b"never") == b""
        assert await _ask(port, b"POST /direct HTTP/1.1\r\nhost: x\r\n", b"never") == b""


@pytest.mark.parametrize("path", [b"/direct", b"/usual"])
async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, path: bytes) -> None:
    monkeypatch.setattr(server_module, "BODY_S", 0.2)
    monkeypatch.setattr(server_module, "_LOOK_S", 0.05)
    head = b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf" % path
    async with _serving(_Echo()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        async with asyncio.timeout(5):
            while await reader.read(4096):
                pass
        writer.close()


_MANY = b"".join(b"x-%d: y\r\n" % n for n in range(101))


@pytest.mark.parametrize("tail", [b"x: " + b"a" * 33_000 + b"\r\n\r\n", b"x: " + b"a" * 33_000, _MANY + b"\r\n"])
@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\nhost: x\r\n", b"POST /direct HTTP/1.1\r\nhost: x\r\n"])
async def test_a_header_that_is_too_large_is_refused_before_anything_is_asked(first: bytes, tail: bytes) -> None:
    app = _Echo()
    async with _serving(app) as port:
        assert (await _ask(port, first + tail, b"never")).startswith(b"HTTP/1.1 431 ")
        if tail.endswith(b"\r\n\r\n"):  # behind another request in the same bytes
            assert b" 431 " in await _ask(port, _post(b"one") + first + tail, b" 431 ")
    assert (app.direct, app.usual) in {(0, 0), (1, 0)}


async def test_a_large_body_is_no_large_header() -> None:
    app = _Echo()
    async with _serving(app) as port:
        assert b" 201 " in await _ask(port, _post(b"a" * 60_000), b'"aaa')
        assert b"usual" in await _ask(port, _post(b"a" * 60_000).replace(b"/direct", b"/"), b"usual")


async def test_line_ends_between_requests_are_no_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HEADER_S", 0.2)
    monkeypatch.setattr(server_module, "_LOOK_S", 0.05)
    async with _serving(_Echo()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"usual" in await reader.readuntil(b"usual")
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(5):
                while not reader.at_eof():
                    writer.write(b"\r\n")
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(10), 0.05)
        writer.close()


class _Large(_Echo):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 20_000_000})


@pytest.mark.parametrize("ends", [b"", b"connection: close\r\n"])
async def test_who_never_reads_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, ends: bytes) -> None:
    monkeypatch.setattr(server_module, "SEND_S", 0.2)
    monkeypatch.setattr(server_module, "_LOOK_S", 0.05)
    listener = listen("127.0.0.1", 0)
    server = Server(_Large(), listener, end_streams=lambda: None)
    await server.start()
    with socket.create_connection(listener.getsockname()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n" + ends + b"\r\n")
        await asyncio.sleep(0.1)
        assert server.server_state.connections
        async with asyncio.timeout(5):
            while server.server_state.connections:  # noqa: ASYNC110 - a set, no event
                await asyncio.sleep(0.05)
    await server.stop()
