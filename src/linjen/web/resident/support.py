"""Support: help with the service itself, and the two numbers for help with one's health."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.web.exchange import Exchange
from linjen.web.routing import get_page

#: From the series that is reserved for fiction: this region is invented, and its support must ring nobody.
PHONE = ("070-174 06 90", "+46701740690")


@get_page("/support", verb="support", who="resident")
async def show_support(exchange: Exchange) -> Response[Any]:
    """Where to turn when the service is hard to use, and what to do while it does not work."""
    phone, dialled = PHONE
    return exchange.page("resident/support.html", tab="support", phone=phone, dialled=dialled)


ROUTES = [show_support]
