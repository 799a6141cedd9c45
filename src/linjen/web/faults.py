"""What a person is shown when something cannot be done: a page in plain words, never a trace."""

from __future__ import annotations

from typing import Any

import jinja2
from litestar import Response

from linjen.core.errors import Invalid, LinjenError, NotFound, Refused, Unavailable
from linjen.web.exchange import Exchange
from linjen.web.rate import TooOften
from linjen.web.words import has_word

_STATUS: list[tuple[type[LinjenError], int]] = [
    (NotFound, 404), (TooOften, 429), (Refused, 409), (Invalid, 422), (Unavailable, 503),
]  # fmt: skip


def status_of(error: LinjenError) -> int:
    """The HTTP status that tells a program the same as the page tells a person."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def fault_page(exchange: Exchange, error: LinjenError) -> Response[Any]:
    """The page (or, for a script's request, the JSON) of an error."""
    status = status_of(error)
    headers = {}
    if isinstance(error, TooOften):
        headers["Retry-After"] = str(error.detail["retry_after_s"])
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "10"
    if exchange.request.headers.get("x-linjen"):
        return Response({"reason": error.reason}, status_code=status, headers=headers)
    key = f"faults.{error.reason}" if has_word("sv", f"faults.{error.reason}.title") else f"faults.{status}"
    response = _draw(exchange, key, status)
    response.headers.update(headers)
    return response


def _draw(exchange: Exchange, key: str, status: int) -> Response[str]:
    staff = exchange.request.url.path.startswith(("/clinic", "/manage"))
    try:
        return exchange.page("public/fault.html", status=status, key=key, staff=staff)
    except jinja2.TemplateError:
        text = f"{exchange.say(f'{key}.title')}. {exchange.say(f'{key}.text')}"
        return Response(text, media_type="text/plain", status_code=status)
