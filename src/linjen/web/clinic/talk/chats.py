"""Mina chattar: the strip of a staff member's own chats above a case and the ledger; it names nobody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Response

from linjen.cases.talk.my_chats import Chat, see_my_chats
from linjen.core import clock
from linjen.core.database import Connection
from linjen.web.exchange import Exchange
from linjen.web.fast import age_words, short_turn_words
from linjen.web.reason_names import reason_on
from linjen.web.routing import get_page


async def chats_here(
    db: Connection, exchange: Exchange, case_id: UUID | None = None, known: Collection[UUID] = ()
) -> list[dict[str, Any]]:
    """What clinic/talk/chats.html shows; `case_id` is the case that stands open, `known` are cases that
    the page shows anyway. Empty when no other is going.
    """
    chats = await see_my_chats(db, exchange.by, known)
    if all(chat.case_id == case_id for chat in chats):
        return []
    return [_in_words(exchange, chat, chat.case_id == case_id) for chat in chats]


def _in_words(exchange: Exchange, chat: Chat, here: bool) -> dict[str, Any]:
    at = clock.now()
    minutes = max(0, int((at - chat.turn_at).total_seconds() // 60))
    return {
        "href": f"/clinic/cases/{chat.case_id}", "here": here, "level": chat.level, "unread": chat.unread,
        "reason": reason_on(exchange.site.shelf, chat.entry, chat.reason, chat.protocol),
        "age": age_words(chat.birth_on, at), "turn": chat.turn, "since": chat.turn_at.isoformat(),
        "turn_words": short_turn_words(chat.turn, minutes),
    }  # fmt: skip


@get_page("/clinic/chats", verb="ledger", who="staff")
async def show_chats(exchange: Exchange) -> Response[Any]:
    """The strip alone, for its script; without one it stands in each page."""
    case_id = exchange.request.query_params.get("here", "")
    async with exchange.site.database.connection() as db:
        chats = await chats_here(db, exchange)
    for chat in chats:
        chat["here"] = chat["href"].endswith(case_id) if case_id else False
    return exchange.page("clinic/talk/chats.html", chats=[] if all(chat["here"] for chat in chats) else chats)


ROUTES = [show_chats]
