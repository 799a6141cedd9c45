"""Tillgänglighet: what everybody can expect of the pages, and which gaps we know of."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.web.exchange import Exchange
from linjen.web.resident.support import PHONE
from linjen.web.routing import get_page


@get_page("/accessibility", verb="public", who="anyone")
async def show_accessibility(exchange: Exchange) -> Response[Any]:
    """The statement: short, and nothing in it that has not been tried."""
    phone, dialled = PHONE
    return exchange.page("resident/accessibility.html", phone=phone, dialled=dialled)


ROUTES = [show_accessibility]
