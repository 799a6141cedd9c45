"""The HTTP server: uvicorn with deadlines of our own for slow and silent connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from linjen.core.logs import get_log

log = get_log(__name__)

#: A connection that has not sent a whole header in this time is closed (uvicorn itself waits for ever).
HEADER_S = 15
#: A body that has not come in this time is given up.
BODY_S = 60
#: Who takes so little of an answer that nothing more can be written for this long is hung up on.
SEND_S = 60
_LOOK_S = 1.0
#: A header larger than this, in bytes or in lines, is refused before anybody asks who sends it.
_HEADER_BYTES, _HEADER_LINES = 32 * 1024, 100
#: What is under way when the program stops may take this long; then it is cut.
_GRACE_S = 3

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]


Answer = Callable[[bytes], Awaitable[tuple[int, bytes]]]


class Direct(Protocol):
    """A program that answers some requests in one go, from the whole body to the whole answer."""

    def find_direct(self, method: bytes, url: bytes, headers: Headers) -> Answer | None:
        """How a request is answered directly (its body in; status and JSON out), or None when it goes the usual way."""


class _DirectCycle(RequestResponseCycle):
    """A request that is answered in one go: none of the conversation of ASGI, which cost a third of a message."""

    answer: Answer

    async def run(self) -> None:
        """Answer once the body is whole; what fails is logged and told as 500, as uvicorn does."""
        try:
            status, data = await self.answer(bytes(self.body))
        except Exception as error:
            log.error("direct_answer_failed", exc_info=error)
            status, data = 500, b"{}"
        self.response_started = self.response_complete = True
        if not self.disconnected:
            head = b"".join(b"%b: %b\r\n" % header for header in self.default_headers)
            end = _AGAIN.get(status, b"") if self.keep_alive else b"connection: close\r\n"
            self.transport.write(
                b"%b%b%b%bcontent-length: %d\r\n\r\n%b" % (STATUS_LINE[status], head, _JSON, end, len(data), data)
            )
            if not self.keep_alive:
                self.transport.close()
        self.on_response()


#: After how many seconds what a script was refused for now may be tried again, by status.
RETRY_AFTER_S = {429: 2, 503: 10}
_AGAIN = {status: b"retry-after: %d\r\n" % seconds for status, seconds in RETRY_AFTER_S.items()}
#: What a script reads needs no content policy: it is never shown as a page.
_JSON = b"content-type: application/json\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n"


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a patience that ends: for a header, and for a body. Answers may take their time.

    `deadline` is the loop's time in seconds at which the connection is given up; the server looks once a second, which
    costs less than two timers for each request.
    """

    deadline: float | None = None
    #: Since when the other side has taken nothing of what waits for it.
    stuck_since: float | None = None
    _in_header = True
    _is_too_large = False
    _header_bytes = 0
    #: False for a header that began in the same bytes in which the request before it ended.
    _is_counted = True

    def data_received(self, data: bytes) -> None:
        """Bytes come: a header is measured while it grows, and line ends between requests are no sign of life."""
        waited, self._is_counted = self._in_header, True
        if waited:
            self._header_bytes += len(data)
        super().data_received(data)
        if not (waited and self._in_header):
            return
        if self._header_bytes > _HEADER_BYTES and not self.transport.is_closing():
            self._is_too_large = True
            self.send_400_response("")
        elif self.deadline is None and (self.cycle is None or self.cycle.response_complete):
            self.deadline = self.loop.time() + HEADER_S

    def send_400_response(self, msg: str) -> None:
        """What cannot be read, or is too large, is refused, and the connection ends."""
        if not self._is_too_large:
            super().send_400_response(msg)
        elif not self.transport.is_closing():
            self.transport.write(b"%bconnection: close\r\ncontent-length: 0\r\n\r\n" % STATUS_LINE[431])
            self.transport.close()

    def pause_writing(self) -> None:
        """The other side reads slower than is written."""
        super().pause_writing()
        self.stuck_since = self.loop.time()

    def resume_writing(self) -> None:
        """It has caught up."""
        super().resume_writing()
        self.stuck_since = None

    def is_over(self, at: float) -> bool:
        """Whether its patience has ended at this time of the loop: called once a second."""
        if self.transport.is_closing() and self.stuck_since is None:
            self.stuck_since = at  # it is closed once all is sent: not, if nobody reads
        stuck = self.stuck_since is not None and self.stuck_since + SEND_S < at
        return stuck or (self.deadline is not None and self.deadline < at)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection begins, and with it the wait for its first header."""
        super().connection_made(transport)
        self.deadline = self.loop.time() + HEADER_S

    def on_message_begin(self) -> None:
        """A header begins; a further one on the connection has a wait of its own."""
        super().on_message_begin()
        if self.deadline is None:
            self.deadline = self.loop.time() + HEADER_S

    def on_headers_complete(self) -> None:
        """The header is whole; the body's wait begins."""
        self._in_header = False
        is_small = self._is_counted and self._header_bytes <= _HEADER_BYTES
        if (not is_small and self._measure() > _HEADER_BYTES) or len(self.headers) > _HEADER_LINES:
            self._is_too_large = True
            raise ValueError("header too large")  # the parser stops, and send_400_response answers
        self.deadline = self.loop.time() + BODY_S
        answer = self._find_direct()
        if answer is None:
            super().on_headers_complete()
            return
        self.cycle = _DirectCycle(
            self.scope, self.transport, self.flow, self.logger, self.access_logger, self.access_log,
            self.server_state.default_headers, asyncio.Event(), expect_100_continue=False,
            keep_alive=self.parser.should_keep_alive(), on_response=self.on_response_complete,
        )  # fmt: skip
        self.cycle.answer = answer

    def _measure(self) -> int:
        """The header's own bytes, where what came holds a body as well."""
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _find_direct(self) -> Answer | None:
        """The direct way, where the request is simple: nothing before it is unanswered, and nothing special asked."""
        app: Any = self.config.app
        if not hasattr(app, "find_direct") or (self.cycle is not None and not self.cycle.response_complete):
            return None
        if (
            self.flow.write_paused
            or self.expect_100_continue
            or self.parser.get_http_version() != "1.1"
            or self.parser.should_upgrade()
        ):
            return None
        found: Answer | None = app.find_direct(self.parser.get_method(), self.url, self.headers)
        return found

    def on_message_complete(self) -> None:
        """The request is whole."""
        self.deadline = None
        self._in_header, self._header_bytes, self._is_counted = True, 0, False
        super().on_message_complete()
        if isinstance(self.cycle, _DirectCycle) and not self.cycle.response_started:
            self.cycle.response_started = True
            task = self.loop.create_task(self.cycle.run())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)


class Server(uvicorn.Server):
    """uvicorn inside our own event loop: signals are ours to handle."""

    def __init__(
        self, app: Any, listener: socket.socket, *, end_streams: Callable[[], None], proxies: list[str] | None = None
    ) -> None:
        self._listener = listener
        self._end_streams = end_streams
        config = uvicorn.Config(
            app, log_config=None, access_log=False, http=PatientProtocol, ws="none", lifespan="on",
            timeout_keep_alive=HEADER_S, timeout_graceful_shutdown=_GRACE_S, server_header=False, date_header=True,
            proxy_headers=bool(proxies), forwarded_allow_ips=proxies or "", h11_max_incomplete_event_size=None,
            backlog=4096,
        )  # fmt: skip
        super().__init__(config)
        self._task: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    def install_signal_handlers(self) -> None:
        """None: who starts us stops us."""

    async def start(self) -> None:
        """Begin to serve; returns when requests are answered. Raises RuntimeError when the program cannot start."""
        self._task = asyncio.create_task(self._serve(sockets=[self._listener]))
        self._looking = asyncio.create_task(self._end_the_slow())
        while not self.started:
            if self._task.done():
                await self._task
                raise RuntimeError("the program ended while it was starting; its log says why")
            await asyncio.sleep(0.005)

    async def main_loop(self) -> None:
        """The date of the answers once a second, and the end at once (uvicorn's own looks ten times a second)."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which waits a tenth of a second at least for what is mostly done by then."""
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - sets, no event
                    await asyncio.sleep(0.005)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    async def _end_the_slow(self) -> None:
        """Hang up on connections whose header or body has taken too long, and on who takes no answer."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_LOOK_S)
            at = loop.time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, PatientProtocol) and connection.is_over(at):
                    connection.transport.abort()

    async def stop(self) -> None:
        """End the streams (uvicorn would wait for them), answer what is under way, and close."""
        self._end_streams()
        self.should_exit = True
        self._ending.set()
        if self._task is not None:
            await self._task
        if self._looking is not None:
            self._looking.cancel()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises OSError when the port is taken."""
    return socket.create_server((host, port), backlog=4096, reuse_port=False)
