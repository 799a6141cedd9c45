"""Välj enhet: where a staff member works now, and the way in to the clinic."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.access.sessions import choose_unit
from linjen.core.errors import NotFound
from linjen.core.ids import parse_id
from linjen.people.staff import Workplace, list_workplaces
from linjen.people.workplaces import care_workplaces, is_administrator
from linjen.web.exchange import Exchange
from linjen.web.routing import get_page, post_page
from linjen.web.sign_in.browser import safe_path


@get_page("/clinic", verb="enter_clinic", who="staff")
async def enter(exchange: Exchange) -> Response[Any]:
    """On to the ledger, to the choice of unit, or to the administration; who works nowhere is told so at the choice."""
    places = await _places(exchange)
    care = care_workplaces(places)
    if exchange.unit is not None and exchange.unit["id"] in [place.unit_id for place in care]:
        return exchange.redirect("/clinic/ledger")
    return exchange.redirect("/manage" if not care and is_administrator(places) else "/clinic/units")


async def _places(exchange: Exchange) -> list[Workplace]:
    async with exchange.site.database.connection() as db:
        return await list_workplaces(db, exchange.by.person_id)


@get_page("/clinic/units", verb="choose_unit", who="staff")
async def show_units(exchange: Exchange) -> Response[Any]:
    """The units where she has a living assignment in care."""
    places = await _places(exchange)
    return exchange.page(
        "sign_in/units.html", places=care_workplaces(places), administrates=is_administrator(places)
    )  # fmt: skip


@post_page("/clinic/units", verb="choose_unit", who="staff")
async def take_unit(exchange: Exchange) -> Response[Any]:
    """Work at a unit from now on, and see its ledger or the case that is held there; 404 for one without a living
    assignment in care.
    """
    unit_id, by = parse_id(exchange.text_of("unit")), exchange.by
    if unit_id is None or unit_id not in [place.unit_id for place in care_workplaces(await _places(exchange))]:
        raise NotFound("unit")
    async with exchange.site.database.transaction() as db:
        if not await choose_unit(db, by.session_id, by.person_id, unit_id):
            raise NotFound("unit")
    exchange.site.hub.end_session(by.session_id)  # what is open still follows the unit before
    return exchange.redirect(safe_path(exchange.text_of("next", longest=300), "/clinic/ledger", ("/clinic/cases",)))


ROUTES = [enter, show_units, take_unit]
