"""Gränser för belastningslarm: how much a unit says that it bears, chosen on the page of its load or here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linjen.cases.waiting.load import COPY, MOST, Limits, count_waiting, find_limits, limit_load
from linjen.core import clock
from linjen.core.database import Connection
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number


def _read(exchange: Exchange) -> tuple[Limits, Limits]:
    return _limits(exchange, ""), _limits(exchange, "was_")


def _limits(exchange: Exchange, before: str) -> Limits:
    waiting, late = (exchange.text_of(f"{before}{field}", longest=10) for field in ("waiting", "late"))
    return Limits(whole_number(waiting, 0), whole_number(late, 0))


def _draw(exchange: Exchange, now: Limits, _: Mapping[str, str], typed: bool) -> dict[str, Any]:
    shown = {"waiting": str(now.waiting), "late": str(now.late)}
    return {"was": now, "most": MOST,
            "limits": {field: exchange.text_of(field, longest=10) for field in shown} if typed else shown}  # fmt: skip


def _words(exchange: Exchange, value: Limits) -> dict[str, str]:
    return {exchange.say("load.waiting_limit"): str(value.waiting), exchange.say("load.late_limit"): str(value.late)}


async def _counts(db: Connection, unit_id: UUID) -> Mapping[str, int]:
    return await count_waiting(db, unit_id, clock.now())


PAGE = UnitSetting(
    Setting(name="load_limits", verb="limit_load", shape=Limits, find=find_limits, save=limit_load, copy=COPY),
    "load-limits", read=_read, draw=_draw, words=_words, counts=_counts,
)  # fmt: skip
ROUTES = PAGE.routes()
