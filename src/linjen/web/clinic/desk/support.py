"""Support för personal: whom to ask, whether the service answers, and what to think of in a chat or a call."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.web.exchange import Exchange
from linjen.web.routing import get_page


@get_page("/clinic/support", verb="support", who="staff")
async def show_support(exchange: Exchange) -> Response[Any]:
    """The chain of support (routine, Support & Felanmälan), and the lists for the chat and for a call (F068–F072).

    What is outside the program, the region tells by its settings; without them the page says whom to ask. Being drawn
    at all means that the database answered.
    """
    settings = exchange.site.settings
    urls = {
        "status": settings.service_status_url,
        "training": settings.training_url,
        "suggestions": settings.suggestions_url,
    }
    links = [{"name": name, "url": url} for name, url in urls.items()]
    return exchange.page("clinic/desk/support.html", links=links, picture_support=settings.picture_support)


ROUTES = [show_support]
