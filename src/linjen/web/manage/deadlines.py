"""Tidsgränser: the administrator's page for within how long the unit means to meet a case of each level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linjen.cases.waiting.deadlines import COPY, MOST_MINUTES, deadlines_of, set_deadlines
from linjen.cases.waiting.load import count_waiting
from linjen.cases.waiting.turn import DEADLINES
from linjen.core import clock
from linjen.core.database import Connection
from linjen.units.versions import Setting
from linjen.web.exchange import Exchange
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number

#: A time as it is typed: hours, or hours and minutes.
_TIME = re.compile(r"(\d{1,3})(?: tim)?(?: (\d{1,2}) min)?")


def _read(exchange: Exchange) -> tuple[Mapping[int, int], Mapping[int, int]]:
    typed = _typed(exchange)
    chosen = {level: whole_number(text, most=MOST_MINUTES) if level == 1 else _minutes(text)
              for level, text in typed.items()}  # fmt: skip
    return chosen, {level: exchange.number_of(f"was_{level}", most=MOST_MINUTES) for level in DEADLINES}


def _typed(exchange: Exchange) -> dict[int, str]:
    return {level: exchange.text_of(f"level_{level}", longest=20) for level in DEADLINES}


def _minutes(text: str) -> int:
    """Minutes of "2" or "1 tim 30 min"; 0, which nobody can choose, for what is no time."""
    found = _TIME.fullmatch(text) if text.isascii() else None
    if found is None or int(found[2] or 0) > 59:
        return 0
    return int(found[1]) * 60 + int(found[2] or 0)


def _hours(minutes: int) -> str:
    """'2' or '1 tim 30 min': to the minute, since the page says what is so."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} tim {rest} min" if rest else str(hours)


def _draw(exchange: Exchange, now: Mapping[int, int], errors: Mapping[str, str], typed: bool) -> dict[str, Any]:
    is_so = {level: str(minutes) if level == 1 else _hours(minutes) for level, minutes in now.items()}
    shown = _typed(exchange) if typed else is_so
    return {"rows": [
        {"field": f"level_{level}", "level": level, "name": exchange.say(f"urgency.{level}"), "value": shown[level],
         "was": now[level], "error": errors.get(f"level_{level}", ""),
         "unit": exchange.say("manage.deadlines.minutes" if level == 1 else "manage.deadlines.hours")}
        for level in DEADLINES
    ]}  # fmt: skip


def _words(exchange: Exchange, value: Mapping[int, int]) -> dict[str, str]:
    return {f"{level} {exchange.say(f'urgency.{level}')}": _length(exchange, minutes)
            for level, minutes in sorted(value.items())}  # fmt: skip


def _length(exchange: Exchange, minutes: int) -> str:
    """'5 minuter', '24 timmar' or '1 tim 30 min'."""
    if minutes < 60:
        return exchange.say("manage.deadlines.for_minutes", count=minutes)
    if minutes % 60:
        return _hours(minutes)
    return exchange.say("manage.deadlines.for_hours", count=minutes // 60) if minutes > 60 else _hours(60) + " tim"


async def _counts(db: Connection, unit_id: UUID) -> Mapping[str, int]:
    return await count_waiting(db, unit_id, clock.now())


PAGE = UnitSetting(
    Setting[Mapping[int, int]](name="deadlines", verb="set_deadlines", shape=dict[int, int],
                               find=deadlines_of, save=set_deadlines, copy=COPY),
    "deadlines", read=_read, draw=_draw, words=_words, counts=_counts, tells_ledgers=True,
)  # fmt: skip
ROUTES = PAGE.routes()
