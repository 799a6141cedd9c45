"""Egna sms: the administrator's choice for one unit, made on the unit's own page or here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linjen.core.errors import Invalid
from linjen.units.own_sms import COPY, allow_own, may_write_own
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting


def _read(exchange: Exchange) -> tuple[bool, bool]:
    choice = exchange.text_of("own_sms", longest=10)
    if choice not in {"yes", "no"}:
        raise Invalid("unknown_choice", "own_sms")
    return choice == "yes", exchange.text_of("was", longest=10) == "yes"


def _draw(exchange: Exchange, now: bool, errors: Mapping[str, str], typed: bool) -> dict[str, Any]:
    said = "yes" if now else "no"
    return {"was": said, "own_sms": exchange.text_of("own_sms", longest=10) if typed and not errors else said}


def _words(exchange: Exchange, allowed: bool) -> dict[str, str]:
    return {exchange.say("manage.own_sms.question"): exchange.say(f"manage.own_sms.{'yes' if allowed else 'no'}")}


PAGE = UnitSetting(
    Setting(name="own_sms", verb="allow_own_sms", shape=bool, find=may_write_own, save=allow_own, copy=COPY),
    "own-sms", read=_read, draw=_draw, words=_words,
)  # fmt: skip
ROUTES = PAGE.routes()
