"""The least of ASGI that a simulator's small programs need: one request in, one answer out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 256 * 1024


@dataclass(frozen=True)
class Request:
    """What came in. `peer` is the sender's IP address."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    peer: str

    @property
    def content_type(self) -> str:
        """The header exactly as sent."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True)
class Answer:
    """What goes out."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(status: int, content: object, **headers: str) -> Answer:
    """JSON as BankID writes it, without a charset parameter."""
    fields = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), fields)


def html_answer(status: int, page: str) -> Answer:
    """An HTML page with a strict policy; forms may lead on to the relying party, so form-action stays open."""
    policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    fields = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(status, page.encode(), fields)


def redirect(address: str) -> Answer:
    """303: go there with GET."""
    return Answer(303, b"", {"Location": address, "Cache-Control": "no-store"})


def asgi(answer: Callable[[Request], Answer]) -> App:
    """An ASGI program around one plain function."""

    async def program(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        reply = answer(request) if request is not None else Answer(413)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()]
        headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    return program


async def read_request(scope: Scope, receive: Receive) -> Request | None:
    """The whole request; None when its body is too large."""
    body, whole = await _read(receive)
    return _request(scope, body) if whole else None


def parse_form(request: Request) -> dict[str, str]:
    """The fields of a form in the body; of a name that comes twice the last."""
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _request(scope: Scope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"))),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
        peer=(scope.get("client") or ("",))[0],
    )


async def _read(receive: Receive) -> tuple[bytes, bool]:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            return b"", False
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body, True
