"""Starts and stops the simulated gateway: one server on loopback, for the program and for the phones' page."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from linjen.simulators import require_permission
from linjen.simulators.serving import Serving, serve_app
from linjen.simulators.sms import pages
from linjen.simulators.sms.gateway import MISHAPS, Gateway, Message
from linjen.simulators.wire import Answer, App, Receive, Request, Scope, Send, html_answer, parse_form, read_request
from linjen.simulators.wire import redirect as see_other

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A started gateway: where calls go, where the phones are, and `stop()`. `gateway` is for tests."""

    url: str
    phones_url: str
    gateway: Gateway
    _serving: Serving

    @property
    def messages(self) -> list[Message]:
        """What has been taken, the latest first."""
        return self.gateway.messages

    async def stop(self) -> None:
        """Report nothing more, close, and wait until the port is free."""
        await self.gateway.stop()
        await self._serving.stop()


async def serve(user: str, password: str, port: int = 0, *, delivery_s: float = 1.0, allowed: bool = False) -> Running:
    """Start on 127.0.0.1; port 0 takes a free one. `delivery_s` seconds pass before a phone has its message.

    Raises Misconfigured when simulators may not run here, OSError for a taken port.
    """
    require_permission(allowed=allowed)
    gateway = Gateway(user, password, delivery_s)
    listener = socket.create_server((_HOST, port))
    url = f"http://{_HOST}:{listener.getsockname()[1]}"
    return Running(f"{url}/a1/sms", f"{url}/", gateway, await serve_app(_app(gateway), listener))


def _app(gateway: Gateway) -> App:
    async def program(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        answer = Answer(413) if request is None else await _answer(gateway, request)
        # Cut in the middle of the answer: a length that is promised and not kept ends the connection.
        length = len(answer.body) if answer else 100
        headers = [
            (name.lower().encode(), value.encode("latin-1")) for name, value in (answer or Answer(200)).headers.items()
        ]
        headers.append((b"content-length", str(length).encode()))
        await send({"type": "http.response.start", "status": answer.status if answer else 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body if answer else b"{", "more_body": answer is None})

    return program


async def _answer(gateway: Gateway, request: Request) -> Answer | None:
    if request.method == "POST" and request.path == "/a1/sms":
        return await gateway.take(request)
    if request.method == "POST" and request.path == "/mishaps":
        mishap = parse_form(request).get("mishap", "")
        gateway.mishaps += [mishap] if mishap in MISHAPS else []
        return see_other("/")
    if request.method == "GET" and request.path == "/":
        return html_answer(200, pages.home(gateway.messages, gateway.mishaps))
    if request.method == "GET" and request.path == "/phones.css":
        return Answer(200, pages.stylesheet(), {"Content-Type": "text/css"})
    return Answer(404)
