"""What every answer carries: a content policy without exceptions, no storing of signed-in pages, no framing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
    " media-src 'self' blob:; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = [
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"),
]


def protecting_headers(*, https: bool) -> list[tuple[bytes, bytes]]:
    """The headers of every answer; `https` adds strict transport security."""
    strict = [(b"strict-transport-security", b"max-age=63072000; includeSubDomains")] if https else []
    return _HEADERS + strict


class Protection:
    """Puts the headers on every answer; `https` adds strict transport security."""

    def __init__(self, rest: Callable[[Scope, Receive, Send], Awaitable[None]], *, https: bool) -> None:
        self._rest = rest
        self._headers = protecting_headers(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", []))
                names = {name for name, _ in given}
                extra = [pair for pair in self._headers if pair[0] not in names]
                if b"cache-control" not in names:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": given + extra}
            await send(message)

        await self._rest(scope, receive, answer)
