"""Chattar samtidigt: the administrator's limit for one unit, on the unit's own page."""

from __future__ import annotations

from typing import Any

from litestar import Response

from linjen.core.errors import Invalid
from linjen.units.chat_limit import MOST, limit_chats
from linjen.web.exchange import Exchange
from linjen.web.manage.frame import noting_refusals
from linjen.web.routing import post_page


@post_page("/manage/units/{unit_id:str}/chat-limit", verb="limit_chats", who="staff")
async def decide(exchange: Exchange) -> Response[Any]:
    """Back to the unit; 404 for who does not decide it."""
    return await noting_refusals(exchange, "limit_chats", lambda: _decide(exchange))


async def _decide(exchange: Exchange) -> Response[Any]:
    unit_id, most = exchange.id_of("unit_id"), exchange.text_of("chats", longest=10)
    if not most.isascii() or not most.isdigit():
        raise Invalid("chats_range", "chats", most=MOST)
    async with exchange.site.database.transaction() as db:
        await limit_chats(db, exchange.by, unit_id, int(most))
    return exchange.redirect(f"/manage/units/{unit_id}#chat-limit")


ROUTES = [decide]
