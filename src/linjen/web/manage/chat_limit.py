"""Chattar samtidigt: the administrator's limit for one unit, chosen on the unit's own page or here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.units.chat_limit import COPY, MOST, chat_limit, limit_chats
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number


def _read(exchange: Exchange) -> tuple[int, int]:
    chats, was = exchange.text_of("chats", longest=10), exchange.text_of("was", longest=10)
    return whole_number(chats, 0), whole_number(was, 0)


def chat_options() -> list[dict[str, str]]:
    """Every number that can be chosen."""
    return [{"value": str(number), "text": str(number)} for number in range(1, MOST + 1)]


def _draw(exchange: Exchange, now: int, _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    chats = exchange.text_of("chats", longest=10) if typed else str(now)
    return {"was": now, "chats": chats, "chat_options": chat_options()}


def _words(exchange: Exchange, chats: int) -> dict[str, str]:
    return {exchange.say("manage.chat_limit.title"): exchange.say("next.limit.is", most=chats)}


PAGE = UnitSetting(
    Setting(name="chat_limit", verb="limit_chats", shape=int, find=chat_limit, save=limit_chats, copy=COPY),
    "chat-limit", read=_read, draw=_draw, words=_words,
)  # fmt: skip
ROUTES = PAGE.routes()
