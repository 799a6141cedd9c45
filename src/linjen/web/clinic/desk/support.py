"""Support för personal: whom to ask, whether the service answers, and what to think of in a chat or a call."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.web.exchange import Exchange
from linjen.web.routing import get_page


@get_page("/clinic/support", verb="support", who="staff")
async def show_support(exchange: Exchange) -> Response[Any]:
    """The chain of support (routine, Support & Felanmälan), and the lists for the chat and for a call (F068–F072).

    Being drawn at all means that the database answered.
    """
    return exchange.page("clinic/desk/support.html")


ROUTES = [show_support]
