"""Startsidan: the two ways in, for who has not signed in yet, and the way on for who has."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.web.exchange import Exchange
from linjen.web.routing import get_page


@get_page("/", verb="public", who="anyone")
async def show_front(exchange: Exchange) -> Response[Any]:
    """Sök vård and Administrativa frågor; each leads to the sign-in and from there to its own first page."""
    return exchange.page("public/home.html")


ROUTES = [show_front]
