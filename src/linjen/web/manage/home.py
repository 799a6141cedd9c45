"""Administration: the first page of who administers users or configuration."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import NotFound
from linjen.people.staff import list_workplaces
from linjen.people.workplaces import care_workplaces, is_administrator
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page


@get_page("/manage", verb="manage", who="staff")
async def show_start(exchange: Exchange) -> Response[Any]:
    """Where she administers; 404 without a living administrating assignment."""
    async with exchange.site.database.connection() as db:
        places = await list_workplaces(db, exchange.by.person_id)
    if not is_administrator(places):
        raise NotFound("page")
    own = [place for place in places if is_administrator([place])]
    return exchange.page("manage/home.html", places=own, works_in_care=bool(care_workplaces(places)))


ROUTES = [show_start]
