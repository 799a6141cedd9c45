"""The one line to other systems: what is asked twice, what is never believed, and which errors leave no doubt."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from linjen.integrations import push_hosts
from linjen.integrations.http_line import KEEP_S, Cut, HttpLine, LineError, NotSent, TooLong
from tests.integrations.certificates import make_certificate

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server:
    """Speaks byte by byte. `answers` go to the requests in turn, the last to all that follow; None cuts the line."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.taken: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.taken.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                await asyncio.sleep(0.6 if not answer else 0)
        writer.close()


@contextlib.asynccontextmanager
async def up(*answers: bytes | None, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """A server while the block runs."""
    one, tasks = Server(*answers), set[asyncio.Task[None]]()
    server = await asyncio.start_server(
        lambda reader, writer: tasks.add(asyncio.ensure_future(one.serve(reader, writer))), "127.0.0.1", 0, ssl=tls
    )
    one.url = f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/a"
    try:
        yield one
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def line(**how: Any) -> AsyncIterator[HttpLine]:
    """A line, closed at the end."""
    one = HttpLine(**{"connect_s": 1.0, "read_s": 1.0, "total_s": 2.0} | how)
    try:
        yield one
    finally:
        await one.close()


async def test_a_kept_connection_that_was_given_up_is_asked_once_more_where_that_is_safe() -> None:
    async with up(OK, None, OK) as server, line() as one:
        await one.ask("POST", server.url, body=b"1")
        assert (await one.ask("POST", server.url, body=b"2", repeatable=True)).body == b"ok"
        assert (len(server.taken), server.connections) == (3, 2)
    async with up(OK, None) as server, line() as one:
        await one.ask("POST", server.url, body=b"1")
        with pytest.raises(Cut):
            await one.ask("POST", server.url, body=b"2", repeatable=True)
        assert len(server.taken) == 3, "once more, not for ever"


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_what_is_not_safe_is_asked_once_whatever_the_library_thinks_of_its_method(method: str) -> None:
    async with up(OK, None, OK) as server, line() as one:
        await one.ask(method, server.url)
        with pytest.raises(Cut):
            await one.ask(method, server.url)
        assert len(server.taken) == 2


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_new_connection_that_is_cut_is_no_reason_to_ask_again(method: str) -> None:
    async with up(None, OK) as server, line() as one:
        with pytest.raises(Cut) as caught:
            await one.ask(method, server.url, repeatable=True)
        assert len(server.taken) == 1
        assert not caught.value.timed_out


async def test_a_connection_is_kept_while_nothing_is_asked_and_not_where_each_shall_be_new() -> None:
    assert KEEP_S >= 60
    async with up(OK) as server, line() as one:
        await asyncio.gather(*(one.ask("GET", server.url) for _ in range(1)))
        await asyncio.sleep(0.1)
        await one.ask("POST", server.url, body=b"x")
        assert server.connections == 1
    for keep_s in (0, 0.05):
        async with up(OK) as server, line(keep_s=keep_s) as one:
            await one.ask("GET", server.url)
            await asyncio.sleep(0.1)
            await one.ask("GET", server.url)
            assert server.connections == 2


async def test_an_answer_of_any_length_is_not_believed() -> None:
    chunk = b"40\r\n" + b"x" * 64 + b"\r\n"
    for answer in (
        b"HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n" + b"x" * 101,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 2 + b"0\r\n\r\n",
    ):
        async with up(answer) as server, line(longest=100) as one:
            with pytest.raises(TooLong):
                await one.ask("GET", server.url)
            assert (await one.ask("GET", server.url, read=False)).body == b""


async def test_nothing_is_unpacked_followed_or_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    packed = gzip.compress(b"0" * 100_000)
    head = b"HTTP/1.1 302 X\r\ncontent-encoding: gzip\r\nset-cookie: a=b\r\nlocation: /b\r\nRetry-After: 7\r\n"
    async with up(head + b"content-length: %d\r\n\r\n" % len(packed) + packed) as server, line() as one:
        answer = await one.ask("GET", server.url)
        assert (answer.status, answer.body, answer.headers["retry-after"]) == (302, packed, "7")
        await one.ask("GET", server.url)
        assert [taken.partition(b"\r\n")[0] for taken in server.taken] == [b"GET /a HTTP/1.1"] * 2
        assert b"accept-encoding: identity" in server.taken[1].lower()
        assert b"cookie" not in server.taken[1].lower()


async def test_an_address_is_asked_as_it_was_written() -> None:
    async with up(OK) as server, line() as one:
        await one.ask("POST", server.url + "/%2b;c=%7E/?token=BQ%2b%3d+a", body=b"x")
        assert server.taken[0].startswith(b"POST /a/%2b;c=%7E/?token=BQ%2b%3d+a HTTP/1.1\r\n")


async def test_what_has_certainly_not_left_is_told_apart() -> None:
    async with up(OK) as server:
        gone = server.url
    urls = [gone, gone.replace("127.0.0.1", "nowhere.invalid"), "ftp://127.0.0.1/", "https://", "nothing"]
    async with line() as one:
        for url in urls:
            with pytest.raises(NotSent) as caught:
                await one.ask("GET", url)
            assert "127.0.0.1" not in f"{caught.value!r} {caught.value}"
            assert caught.value.__suppress_context__
    async with up(OK) as server, line() as closed:
        await closed.close()
        with pytest.raises(NotSent):
            await closed.ask("GET", server.url)
        assert not server.taken


async def test_who_waits_for_a_free_place_has_sent_nothing() -> None:
    async with up(b"") as server, line(connections=1, connect_s=0.2) as one:
        first = asyncio.ensure_future(one.ask("GET", server.url))
        await asyncio.sleep(0.05)
        with pytest.raises(NotSent) as caught:
            await one.ask("GET", server.url)
        assert caught.value.timed_out
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


@pytest.mark.parametrize("patience", [{"read_s": 0.2}, {"total_s": 0.2}])
async def test_who_is_kept_waiting_for_an_answer_is_in_doubt(patience: dict[str, float]) -> None:
    async with up(OK, b"") as server, line(**patience) as one:
        await one.ask("GET", server.url)
        with pytest.raises(Cut) as caught:
            await one.ask("GET", server.url, repeatable=True)
        assert caught.value.timed_out
        assert len(server.taken) == 2, "a slow answer is not asked for again"


async def test_where_no_tls_is_spoken_nothing_has_left() -> None:
    async with up(OK) as server, line(tls=ssl.create_default_context()) as one:
        with pytest.raises(LineError) as caught:
            await one.ask("GET", server.url.replace("http:", "https:"))
        assert isinstance(caught.value, NotSent)
        assert not server.taken


async def test_a_name_is_looked_up_for_each_connection_and_the_certificate_is_the_name_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_hosts, "public_addresses", lambda found: [one for one in found if one == "127.0.0.1"])
    certificate, key = make_certificate(tmp_path, "push", "push.example.org")
    theirs, named = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), list[str | None]()
    theirs.load_cert_chain(certificate, key)
    theirs.sni_callback = lambda _socket, name, _context: named.append(name)
    answers = iter([["10.0.0.1", "127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]])

    async def locate(_host: str) -> Sequence[str]:
        return next(answers)

    ours = ssl.create_default_context(cafile=certificate)
    resolver = push_hosts.PublicOnly(locate)
    async with up(OK, tls=theirs) as server, line(tls=ours, keep_s=0, resolver=resolver) as one:
        url = server.url.replace("127.0.0.1", "push.example.org")
        assert (await one.ask("POST", url, body=b"x")).status == 200
        assert named == ["push.example.org"]
        assert b"\r\nhost: push.example.org:" in server.taken[0].lower()
        with pytest.raises(NotSent):
            await one.ask("POST", url.replace("push.", "other."), body=b"x")
        with pytest.raises(NotSent):
            await one.ask("POST", url, body=b"x")
        assert (len(server.taken), list(answers)) == (1, [])
