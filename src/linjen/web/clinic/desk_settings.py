"""Mina inställningar: how a staff member sets up her own desk; each part of the profile page is a form of its own."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.database import Connection
from linjen.core.errors import Invalid
from linjen.people.desks import choose_chats, find_chats
from linjen.units.chat_limit import USUAL, chat_limit
from linjen.web.exchange import Exchange
from linjen.web.routing import post_page


async def desk_values(db: Connection, exchange: Exchange) -> dict[str, Any]:
    """What clinic/desk_settings.html shows: her choices as they stand."""
    most = await chat_limit(db, exchange.by.unit_id)
    chosen = min(await find_chats(db, exchange.by.person_id) or USUAL, most)
    return {"chats": str(chosen), "chat_options": [{"value": str(n), "text": str(n)} for n in range(1, most + 1)]}


@post_page("/clinic/profile/chats", verb="profile", who="staff")
async def save_chats(exchange: Exchange) -> Response[Any]:
    """Back to the profile."""
    asked, by = exchange.text_of("chats", longest=10), exchange.by
    async with exchange.site.database.transaction() as db:
        most = await chat_limit(db, by.unit_id)
        if not asked.isascii() or not asked.isdigit():
            raise Invalid("chats_range", "chats", most=most)
        await choose_chats(db, by.person_id, int(asked), most)
    return exchange.redirect("/clinic/profile?done=1#desk")


ROUTES = [save_chats]
