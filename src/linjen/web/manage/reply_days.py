"""Svara efter avslut: the administrator's page for how many days a closed case can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.cases.afterwards.reply_window import count_answerable
from linjen.units.reply_days import COPY, MOST, reply_days, set_reply_days
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number

_NONE = -1


def _read(exchange: Exchange) -> tuple[int, int]:
    days, was = exchange.text_of("days", longest=10), exchange.text_of("was", longest=10)
    return whole_number(days, _NONE), whole_number(was, _NONE)


def _draw(exchange: Exchange, now: int, _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    return {"was": now, "days": exchange.text_of("days", longest=10) if typed else str(now), "most": MOST}


def _words(exchange: Exchange, days: int) -> dict[str, str]:
    key = f"manage.reply_days.is_{days}" if days < 2 else "manage.reply_days.is"
    return {exchange.say("manage.reply_days.title"): exchange.say(key, days=days)}


PAGE = UnitSetting(
    Setting(name="reply_days", verb="set_reply_days", shape=int, find=reply_days, save=set_reply_days, copy=COPY),
    "reply-days", read=_read, draw=_draw, words=_words, counts=count_answerable,
)  # fmt: skip
ROUTES = PAGE.routes()
