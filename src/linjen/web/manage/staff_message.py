"""Enhetens meddelande: the page where the head or the administrator of a unit writes what stands above its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linjen.core.database import Connection
from linjen.units.staff_message import LONGEST, find_staff_message, set_staff_message
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting


async def _find(db: Connection, unit_id: UUID) -> str:
    return (await find_staff_message(db, unit_id)).text


def _read(exchange: Exchange) -> tuple[str, str]:
    return exchange.text_of("text", longest=2 * LONGEST), exchange.text_of("was", longest=2 * LONGEST)


def _draw(exchange: Exchange, now: str, _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    text = exchange.text_of("text", longest=2 * LONGEST) if typed else now
    return {"was": now, "text": text, "longest": LONGEST, "done_as": "done" if now else "gone"}


def _words(exchange: Exchange, text: str) -> dict[str, str]:
    return {exchange.say("manage.staff_message.label"): text}


PAGE = UnitSetting(
    Setting(name="staff_message", verb="set_staff_message", shape=str, find=_find, save=set_staff_message, copy=""),
    "message",
    read=_read,
    draw=_draw,
    words=_words,
    preview="manage/staff_message_preview.html",
    tells_ledgers=True,
    takes_text=True,
)
ROUTES = PAGE.routes()
