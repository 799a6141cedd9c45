"""Serves a simulator's app on this machine until it is told to stop; each simulator has one or two of these."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to whoever started it, so that it can live inside the demo."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Serving:
    """An app that answers."""

    def __init__(self, server: uvicorn.Server, task: asyncio.Task[None]) -> None:
        self._server = server
        self._task = task

    async def stop(self) -> None:
        """Take no more questions and wait until the port is free. Harmless the second time."""
        self._server.should_exit = True
        await self._task


async def serve_app(app: Any, listener: socket.socket, **more: Any) -> Serving:
    """Serve an ASGI app on a bound socket, and return when it answers; `more` is uvicorn's, such as its TLS files.

    Raises OSError when the server ended before it had started; the socket is closed then.
    """
    usual = {
        "lifespan": "off", "ws": "none", "log_config": None, "access_log": False, "server_header": False,
        "timeout_keep_alive": 75,  # seconds, as many servers outside keep a line
    }  # fmt: skip
    config = uvicorn.Config(app, timeout_graceful_shutdown=1, **(usual | more))
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        if task.done():
            listener.close()
            await task
            raise OSError("the simulator's server ended before it had started")
        await asyncio.sleep(0.01)
    return Serving(server, task)
