"""Om tjänsten: short pages for who has not signed in: how it works, what it costs, danger, cookies, no BankID."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from linjen.core.errors import NotFound
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page

#: Each page and its sections, in the order in which they are read; their words stand under about.<page>.
PAGES: Final = {
    "how-it-works": ("sign_in", "write", "questions", "answer", "after"),
    "cost": ("advice", "visit"),
    "emergency": ("life", "urgent", "written"),
    "without-bankid": ("call", "for_you"),
    "cookies": ("session", "draft", "others"),
}


@get_page("/about/{page:str}", verb="public", who="anyone")
async def show_information(exchange: Exchange) -> Response[Any]:
    """One of the pages; 404 for any other name."""
    name = exchange.request.path_params["page"]
    if name not in PAGES:
        raise NotFound("page")
    key = name.replace("-", "_")
    return exchange.page(
        "public/information.html", key=key, sections=PAGES[name], danger=name == "emergency",
        others=[(other, other.replace("-", "_")) for other in PAGES if other != name],
    )  # fmt: skip


ROUTES = [show_information]
