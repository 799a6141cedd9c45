"""The HTTP server: uvicorn with deadlines of our own for slow and silent connections."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: A connection that has not sent a whole header in this time is closed (uvicorn itself waits for ever).
HEADER_S = 15
#: A body that has not come in this time is given up.
BODY_S = 60


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a patience that ends: for a header, and for a body. Answers may take their time."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection begins, and with it the wait for its first header."""
        super().connection_made(transport)
        self._wait(HEADER_S)

    def on_message_begin(self) -> None:
        """A header begins; a further one on the connection has a wait of its own."""
        super().on_message_begin()
        if self._waiting is None:
            self._wait(HEADER_S)

    def on_headers_complete(self) -> None:
        """The header is whole; the body's wait begins."""
        self._stop_waiting()
        self._wait(BODY_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._stop_waiting()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection ended by itself."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._waiting = self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class Server(uvicorn.Server):
    """uvicorn inside our own event loop: signals are ours to handle."""

    def __init__(
        self, app: Any, listener: socket.socket, *, end_streams: Callable[[], None], proxies: list[str] | None = None
    ) -> None:
        self._listener = listener
        self._end_streams = end_streams
        config = uvicorn.Config(
            app, log_config=None, access_log=False, http=PatientProtocol, ws="none", lifespan="on",
            timeout_keep_alive=HEADER_S, timeout_graceful_shutdown=3, server_header=False, date_header=True,
            proxy_headers=bool(proxies), forwarded_allow_ips=proxies or "", h11_max_incomplete_event_size=None,
            backlog=4096,
        )  # fmt: skip
        super().__init__(config)
        self._task: asyncio.Task[None] | None = None

    def install_signal_handlers(self) -> None:
        """None: who starts us stops us."""

    async def start(self) -> None:
        """Begin to serve; returns when requests are answered. Raises RuntimeError when the program cannot start."""
        self._task = asyncio.create_task(self._serve(sockets=[self._listener]))
        while not self.started:
            if self._task.done():
                await self._task
                raise RuntimeError("the program ended while it was starting; its log says why")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """End the streams (uvicorn would wait for them), answer what is under way, and close."""
        self._end_streams()
        self.should_exit = True
        if self._task is not None:
            await self._task


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises OSError when the port is taken."""
    return socket.create_server((host, port), backlog=4096, reuse_port=False)
