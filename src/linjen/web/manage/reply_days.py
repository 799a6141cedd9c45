"""Svara efter avslut: the administrator's page for how many days a closed case can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.units.reply_days import MOST, reply_days, set_reply_days
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting, whole_number

_NONE = -1


def _read(exchange: Exchange) -> tuple[int, int]:
    days, was = exchange.text_of("days", longest=10), exchange.text_of("was", longest=10)
    return whole_number(days, _NONE), whole_number(was, _NONE)


def _draw(exchange: Exchange, now: int, _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    return {"was": now, "days": exchange.text_of("days", longest=10) if typed else str(now), "most": MOST}


ROUTES = UnitSetting(
    "reply_days", "reply-days", "set_reply_days", find=reply_days, save=set_reply_days, read=_read, draw=_draw
).routes()
