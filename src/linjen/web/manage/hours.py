"""Öppettider: the page where who leads or configures a unit changes its week, from today or from a later day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from linjen.cases.waiting.new_hours import count_touched
from linjen.core import clock, swedish
from linjen.core.errors import Invalid, Refused
from linjen.units.new_unit import DAYS
from linjen.units.schedule import Span, WeekFrom, week_as_typed
from linjen.units.versions import Setting
from linjen.units.weekly_hours import FURTHEST, STAYS, Hours, find_hours, set_hours
from linjen.web.exchange import Exchange
from linjen.web.manage.hours_words import hours_in_words, promised, say_change, stay_words, week_line
from linjen.web.manage.setting import UnitSetting
from linjen.web.numbers import whole_number

_NO_DAY = date(1900, 1, 1)
_MONDAY = date(2024, 1, 1)


def _read(exchange: Exchange) -> tuple[Hours, Hours]:
    """What the page showed, and the same with another week from a day on, or without a coming one that is to go."""
    was, gone = _shown(exchange), exchange.text_of("remove", longest=5)
    if gone:
        place = whole_number(gone, -1)
        if not 0 <= place < len(was.coming):  # not as our page wrote it: nothing is taken away without a word
            raise Refused("changed", verb="set_hours")
        left = tuple(one for number, one in enumerate(was.coming) if number != place)
        return msgspec.structs.replace(was, coming=left), was
    week = week_as_typed([exchange.text_of(day, longest=200) for day in DAYS], "day")
    stay, from_on = whole_number(exchange.text_of("stay", longest=5), -1), _day(exchange.text_of("from_on", longest=20))
    if from_on < clock.local_date(clock.now()):
        raise Invalid("past", "from_on")
    new = WeekFrom(from_on=from_on, week=week, stay_minutes=stay)
    others = tuple(one for one in was.coming if one.from_on != from_on)
    return msgspec.structs.replace(was, coming=(*others, new)), was


def _shown(exchange: Exchange) -> Hours:
    """As the page wrote it; what is not is told as changed by somebody else."""
    try:
        return msgspec.json.decode(exchange.text_of("was", longest=60_000), type=Hours)
    except msgspec.MsgspecError:
        raise Refused("changed", verb="set_hours") from None


def _day(text: str) -> date:
    """A day; long ago, which nobody can choose, for what is none."""
    try:
        return clock.read_day(text)
    except ValueError:
        return _NO_DAY


def _draw(exchange: Exchange, now: Hours, errors: Mapping[str, str], typed: bool) -> dict[str, Any]:
    today, sent = clock.local_date(clock.now()), typed and not exchange.text_of("remove", longest=5)
    is_so = dict(zip(DAYS, map(_typed, now.week), strict=True))
    fields = is_so | {"stay": str(now.stay_minutes), "from_on": today.isoformat()}
    shown = {name: exchange.text_of(name, longest=200) if sent else value for name, value in fields.items()}
    stays = sorted({*STAYS, now.stay_minutes})
    names = {day: swedish.weekday(_MONDAY + timedelta(days=number)).capitalize() for number, day in enumerate(DAYS)}
    return {
        "was": msgspec.json.encode(now).decode(), "fields": shown,
        "least": today.isoformat(), "most": (today + FURTHEST).isoformat(),
        "days": [{"name": day, "label": name, "value": shown[day], "error": errors.get(day)}
                 for day, name in names.items()],
        "named_errors": [{"field": field, "text": ": ".join(filter(None, (names.get(field), text)))}
                         for field, text in errors.items()],
        "stays": [{"value": str(minutes), "text": stay_words(exchange, minutes)} for minutes in stays],
        "coming": [{"number": str(number), "from": swedish.date_words(one.from_on),
                    "hours": week_line(exchange, one.week, one.stay_minutes)}
                   for number, one in enumerate(now.coming)],
    }  # fmt: skip


def _typed(spans: tuple[Span, ...]) -> str:
    """A day's hours as they can be typed again: "08.00–12.00, 13.00–16.00"."""
    return ", ".join(f"{one.opens:%H.%M}–{one.closes:%H.%M}" for one in spans)


PAGE = UnitSetting(
    # A new unit in another's place is given its hours when it is opened, or those that were typed for it.
    Setting[Hours](name="hours", verb="set_hours", shape=Hours, find=find_hours, save=set_hours, copy=""),
    "hours", read=_read, draw=_draw, words=hours_in_words, counts=count_touched, sees=promised, says=say_change,
    preview="manage/hours_preview.html", tells_ledgers=True,
)  # fmt: skip
ROUTES = PAGE.routes()
