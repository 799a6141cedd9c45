"""The one way to other systems over HTTP: a line with its own certificates, limits and patience, and what can go wrong.

Nothing of the environment stands in between (proxies, certificate bundles, netrc), no cookie is kept, no redirect is
followed, nothing is unpacked, and an answer has a largest size. What goes wrong is `NotSent`, which leaves no doubt, or
`Cut`. Neither holds an address: in that of a push or an SMS stands what nobody else may read.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Final, Protocol

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

#: Seconds that a connection is kept while nothing is asked: a sign-in now and then must not begin with a handshake.
KEEP_S: Final = 90.0
MAX_ANSWER: Final = 4 * 1024 * 1024
_CHUNK: Final = 64 * 1024


class LineError(Exception):
    """The line did not deliver an answer; `why` is the HTTP library's name for it, without its words."""

    def __init__(self, why: str, *, timed_out: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.timed_out = timed_out


class NotSent(LineError):
    """Certainly nothing of the request has left: no address, no connection, no handshake, or no free place."""


class Cut(LineError):
    """The request had begun to leave; whether it was taken cannot be known."""


class TooLong(LineError):
    """The answer is longer than any that is believed."""


class Answer(msgspec.Struct, frozen=True):
    """A whole answer. Headers are found whatever their case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line(Protocol):
    """What is asked over; the tests have lines of their own."""

    async def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None,
        repeatable: bool = False, read: bool = True,
    ) -> Answer:  # fmt: skip
        """One request and its answer; `url` is sent letter by letter as it stands. Raises LineError.

        `repeatable`: it may reach the other side twice, so it is asked once more when a kept connection turns out to
        have been given up over there. `read` false leaves the answer's body unread.
        """

    async def close(self) -> None:
        """Let connections go; what is asked later is NotSent."""


class HttpLine:
    """A line over the network. It may be made anywhere, belongs to the event loop that first asks, and is closed there.

    Times are in seconds: `connect_s` until a connection stands, with the wait for a free place; `read_s` from one piece
    of an answer to the next; `total_s` for all of it. `keep_s` 0 uses each connection once.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, connect_s: float, read_s: float, total_s: float,
        connections: int = 50, keep_s: float = KEEP_S, longest: int = MAX_ANSWER,
        resolver: AbstractResolver | None = None,
    ) -> None:  # fmt: skip
        """`tls` is by default what trusts this machine's certificate authorities."""
        self._tls: ssl.SSLContext | bool = tls or True
        self._timeout = aiohttp.ClientTimeout(total=total_s, connect=connect_s, sock_read=read_s)
        self._connections = connections
        self._keep_s = keep_s
        self._longest = longest
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None,
        repeatable: bool = False, read: bool = True,
    ) -> Answer:  # fmt: skip
        """See `Line.ask`."""
        kept = SimpleNamespace(used=False)
        try:
            return await self._ask(method, url, body, headers, read, kept)
        except Cut as error:
            if not (repeatable and kept.used and not error.timed_out):
                raise
        return await self._ask(method, url, body, headers, read, kept)

    async def close(self) -> None:
        """See `Line.close`."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def _ask(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str] | None, read: bool, kept: SimpleNamespace
    ) -> Answer:
        try:
            async with self._open().request(
                method, URL(url, encoded=True), data=body or None, headers=headers, allow_redirects=False,
                trace_request_ctx=kept,
            ) as answer:  # fmt: skip
                content = await self._read(answer.content) if read else b""
                return Answer(answer.status, answer.headers, content)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _named(error) from None

    async def _read(self, content: aiohttp.StreamReader) -> bytes:
        found = bytearray()
        while chunk := await content.read(_CHUNK):
            found += chunk
            if len(found) > self._longest:
                raise TooLong("TooLong")
        return bytes(found)

    def _open(self) -> aiohttp.ClientSession:
        """The session, made at the first question: it belongs to the loop in which it is made."""
        if self._closed:
            raise NotSent("Closed")
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=self._tls, limit=self._connections, resolver=self._resolver,
                # A resolver of ours decides anew for every connection.
                use_dns_cache=self._resolver is None,
                **({"keepalive_timeout": self._keep_s} if self._keep_s else {"force_close": True}),
            )  # fmt: skip
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
                auto_decompress=False, headers={"Accept-Encoding": "identity", "User-Agent": "Linjen"},
                middlewares=(_once,), trace_configs=[_noting_kept()],
            )  # fmt: skip
        return self._session


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """The library asks again by itself where the answer to a GET is cut, and to some gateways an SMS is a GET. It does
    not know our errors, and leaves them alone.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientError, OSError) as error:
        raise _named(error) from None


def _noting_kept() -> aiohttp.TraceConfig:
    """Notes at a request that it went over a connection that was kept from one before."""

    async def note(_session: object, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.used = True

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(note)
    return config


def _named(error: Exception) -> LineError:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return NotSent(type(error).__name__, timed_out=True)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return NotSent(type(error).__name__)
    return Cut(type(error).__name__, timed_out=isinstance(error, TimeoutError))
