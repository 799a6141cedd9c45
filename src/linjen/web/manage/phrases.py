"""Enhetens fraser: what the configuration administrators of a unit keep for all who work there (F025, F081)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response

from linjen.core import clock
from linjen.phrases.library import Home, must
from linjen.units.managed import ManagedUnit, list_managed_units, see_managed_unit
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import manage_page, noting_refusals
from linjen.web.parts.phrase_pages import (
    Shelf,
    ask_change,
    ask_new,
    show_list,
    take_change,
    take_new,
    take_removal,
    take_restoration,
)
from linjen.web.routing import get_page, post_page

_VERB = "keep_phrases"


@get_page("/manage/phrases", verb=_VERB, who="staff")
async def show_units_with_phrases(exchange: Exchange) -> Response[Any]:
    """Straight to the phrases of her unit, or the choice where she administers several."""
    return await noting_refusals(exchange, _VERB, lambda: _choose(exchange))


async def _choose(exchange: Exchange) -> Response[Any]:
    async with exchange.site.database.transaction() as db:
        units = await list_managed_units(db, exchange.by, _VERB)
    if len(units) == 1:
        return exchange.redirect(f"/manage/units/{units[0].id}/phrases")
    return await manage_page(exchange, "manage/phrase_units.html", units=units)


async def _at(exchange: Exchange, page: Callable[[Exchange, Shelf], Awaitable[Response[Any]]]) -> Response[Any]:
    """`page` for the unit of the address, whose name stands on it; a refusal is noted."""

    async def answer() -> Response[Any]:
        unit_id = exchange.id_of("unit_id")
        async with exchange.site.database.transaction() as db:
            await must(db, exchange.by, _VERB, unit_id)
            unit = await see_managed_unit(db, exchange.by, unit_id, clock.now())
        return await page(exchange, _shelf(exchange, unit))

    return await noting_refusals(exchange, _VERB, answer)


def _shelf(exchange: Exchange, unit: ManagedUnit) -> Shelf:
    async def draw(template: str, *, status: int = 200, **values: Any) -> Response[Any]:
        return await manage_page(exchange, f"manage/{template}", status=status, unit=unit, **values)

    return Shelf(Home(unit.id), f"/manage/units/{unit.id}/phrases", draw)


@get_page("/manage/units/{unit_id:str}/phrases", verb=_VERB, who="staff")
async def show_of_unit(exchange: Exchange) -> Response[Any]:
    """The unit's phrases; 404 for who does not administer its configuration."""
    return await _at(exchange, show_list)


@get_page("/manage/units/{unit_id:str}/phrases/new", verb=_VERB, who="staff")
async def ask_of_unit(exchange: Exchange) -> Response[Any]:
    """The form of a new one."""
    return await _at(exchange, ask_new)


@post_page("/manage/units/{unit_id:str}/phrases", verb=_VERB, who="staff")
async def add_of_unit(exchange: Exchange) -> Response[Any]:
    """A new one."""
    return await _at(exchange, take_new)


@get_page("/manage/units/{unit_id:str}/phrases/{phrase_id:str}", verb=_VERB, who="staff")
async def show_one_of_unit(exchange: Exchange) -> Response[Any]:
    """The form of one that the unit has."""
    return await _at(exchange, ask_change)


@post_page("/manage/units/{unit_id:str}/phrases/{phrase_id:str}", verb=_VERB, who="staff")
async def change_of_unit(exchange: Exchange) -> Response[Any]:
    """Another wording."""
    return await _at(exchange, take_change)


@post_page("/manage/units/{unit_id:str}/phrases/{phrase_id:str}/removals", verb=_VERB, who="staff")
async def remove_of_unit(exchange: Exchange) -> Response[Any]:
    """Ta bort."""
    return await _at(exchange, take_removal)


@post_page("/manage/units/{unit_id:str}/phrases/{phrase_id:str}/restorations", verb=_VERB, who="staff")
async def restore_of_unit(exchange: Exchange) -> Response[Any]:
    """Ta tillbaka."""
    return await _at(exchange, take_restoration)


ROUTES = [
    show_units_with_phrases, show_of_unit, ask_of_unit, add_of_unit, show_one_of_unit, change_of_unit, remove_of_unit,
    restore_of_unit,
]  # fmt: skip
