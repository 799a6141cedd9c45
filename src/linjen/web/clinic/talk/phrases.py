"""Mina fraser: one's own phrases, and the unit's to read (F082)."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.phrases.library import Home, list_usable
from linjen.web.exchange import Exchange
from linjen.web.parts.phrase_pages import (
    Shelf,
    ask_change,
    ask_new,
    phrases_in_words,
    show_list,
    take_change,
    take_new,
    take_removal,
    take_restoration,
)
from linjen.web.routing import get_page, post_page


def _own(exchange: Exchange) -> Shelf:
    async def draw(template: str, *, status: int = 200, **values: Any) -> Response[Any]:
        return exchange.page(f"clinic/talk/{template}", status=status, **values)

    return Shelf(Home(), "/clinic/phrases", draw)


@get_page("/clinic/phrases", verb="keep_own_phrases", who="staff")
async def show_own(exchange: Exchange) -> Response[Any]:
    """Her own phrases; below them those of the unit, which its administrators keep."""
    if exchange.by.unit_id is None:
        return exchange.redirect("/clinic/units")
    async with exchange.site.database.connection() as db:
        usable = await list_usable(db, exchange.by)
    of_unit = phrases_in_words(exchange, [one for one in usable if not one.own])
    return await show_list(exchange, _own(exchange), of_unit=of_unit)


@get_page("/clinic/phrases/new", verb="keep_own_phrases", who="staff")
async def ask_own(exchange: Exchange) -> Response[Any]:
    """The form of a new one."""
    return await ask_new(exchange, _own(exchange))


@post_page("/clinic/phrases", verb="keep_own_phrases", who="staff")
async def add_own(exchange: Exchange) -> Response[Any]:
    """A new one."""
    return await take_new(exchange, _own(exchange))


@get_page("/clinic/phrases/{phrase_id:str}", verb="keep_own_phrases", who="staff")
async def show_one(exchange: Exchange) -> Response[Any]:
    """The form of one that she has."""
    return await ask_change(exchange, _own(exchange))


@post_page("/clinic/phrases/{phrase_id:str}", verb="keep_own_phrases", who="staff")
async def change_own(exchange: Exchange) -> Response[Any]:
    """Another wording."""
    return await take_change(exchange, _own(exchange))


@post_page("/clinic/phrases/{phrase_id:str}/removals", verb="keep_own_phrases", who="staff")
async def remove_own(exchange: Exchange) -> Response[Any]:
    """Ta bort."""
    return await take_removal(exchange, _own(exchange))


@post_page("/clinic/phrases/{phrase_id:str}/restorations", verb="keep_own_phrases", who="staff")
async def restore_own(exchange: Exchange) -> Response[Any]:
    """Ta tillbaka."""
    return await take_restoration(exchange, _own(exchange))


ROUTES = [show_own, ask_own, add_own, show_one, change_own, remove_own, restore_own]
