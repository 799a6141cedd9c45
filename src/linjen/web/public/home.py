"""Startsidan: the two ways in, for who has not signed in yet, and the way on for who has."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import LinjenError
from linjen.units.service_status import find_status
from linjen.web.exchange import Exchange
from linjen.web.public.units import staffed_now, units_in_words
from linjen.web.routing import get_page
from linjen.web.status_words import status_in_words

#: So many units are listed on the first page; of more it says how many have somebody there, with the way to all.
_MOST_LISTED = 6


@get_page("/", verb="public", who="anyone")
async def show_front(exchange: Exchange) -> Response[Any]:
    """Sök vård and Administrativa frågor, which lead to the sign-in and from there on; and which units are there now.

    While the database is away the page stands without its units: the way to 112 and 1177 is on it.
    """
    try:
        async with exchange.site.database.connection() as db:
            units = await units_in_words(db, exchange, most_answers=_MOST_LISTED)
            service = status_in_words(exchange, await find_status(db))
    except LinjenError:
        units, service = [], None
    listed = units if len(units) <= _MOST_LISTED else []
    return exchange.page(
        "public/home.html", units=listed, count=len(units), staffed=staffed_now(units), service=service
    )


ROUTES = [show_front]
