"""Så hanterar vi dina uppgifter, och Synpunkter och klagomål: what every page's foot leads to."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.cases.intake.start import KEPT_DAYS
from linjen.web.exchange import Exchange
from linjen.web.resident.support import PHONE
from linjen.web.routing import get_page


@get_page("/privacy", verb="public", who="anyone")
async def show_privacy(exchange: Exchange) -> Response[Any]:
    """What is kept, who sees it and for how long, in as few words as are true."""
    return exchange.page(
        "resident/privacy.html", days=KEPT_DAYS, contact=exchange.site.settings.data_protection_contact
    )


@get_page("/complaints", verb="public", who="anyone")
async def show_complaints(exchange: Exchange) -> Response[Any]:
    """Where to turn with what was not good, in the order that helps soonest."""
    phone, dialled = PHONE
    return exchange.page("resident/complaints.html", phone=phone, dialled=dialled)


ROUTES = [show_privacy, show_complaints]
