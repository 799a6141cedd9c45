"""Starts and stops the pages that a region keeps for its own staff: one server on loopback, for the demo."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from linjen.simulators import require_permission
from linjen.simulators.intranet import pages
from linjen.simulators.serving import Serving, serve_app
from linjen.simulators.wire import Answer, App, Receive, Request, Scope, Send, html_answer, parse_form, read_request

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """The started pages: the address of each, what has been suggested, and `stop()`."""

    training_url: str
    status_url: str
    suggestions_url: str
    suggested: list[str]
    _serving: Serving

    async def stop(self) -> None:
        """Close, and wait until the port is free."""
        await self._serving.stop()


async def serve(region: str, port: int = 0, *, allowed: bool = False) -> Running:
    """Start on 127.0.0.1; port 0 takes a free one.

    Raises Misconfigured when simulators may not run here, OSError for a taken port.
    """
    require_permission(allowed=allowed)
    listener = socket.create_server((_HOST, port))
    url = f"http://{_HOST}:{listener.getsockname()[1]}"
    suggested: list[str] = []
    serving = await serve_app(_app(region, suggested), listener)
    return Running(f"{url}/utbildning", f"{url}/driftinformation", f"{url}/forslag", suggested, serving)


def _app(region: str, suggested: list[str]) -> App:
    async def program(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        answer = Answer(413) if request is None else _answer(region, suggested, request)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return program


def _answer(region: str, suggested: list[str], request: Request) -> Answer:
    if request.method == "POST" and request.path == "/forslag":
        text = parse_form(request).get("text", "").strip()
        suggested += [text] if text else []
        return html_answer(200, pages.suggestions(region, thanks=bool(text)))
    if request.method == "GET" and request.path == "/page.css":
        return Answer(200, pages.stylesheet(), {"Content-Type": "text/css"})
    drawn = pages.PAGES.get(request.path) if request.method == "GET" else None
    return html_answer(200, drawn(region)) if drawn else Answer(404)
