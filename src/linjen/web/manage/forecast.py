"""Vad som är på väg, i ord: the forecast of a unit as the page of its load tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from linjen.cases.waiting.forecast import Forecast, Hour
from linjen.core import clock
from linjen.core.swedish import day_words, time_range
from linjen.web.exchange import Exchange


def forecast_in_words(exchange: Exchange, found: Forecast) -> dict[str, Any]:
    """What manage/load.html draws of it."""
    say = exchange.say
    facts = {
        "open": say("load.forecast.open_is", waiting=found.waiting, held=found.held),
        "staffed": say("load.forecast.staffed_is", hours=found.staffed_today // 60, minutes=found.staffed_today % 60)
        if found.staffed_today
        else say("load.forecast.staffed_none"),
    }
    if found.weeks:
        facts["expected"] = number_words(found.expected_today)
    basis = say("load.forecast.basis_one" if found.weeks == 1 else "load.forecast.basis", weeks=found.weeks,
                count=found.counted) if found.weeks else say("load.forecast.too_few")  # fmt: skip
    return {
        "facts": [{"name": say(f"load.forecast.{key}"), "value": value} for key, value in facts.items()],
        "basis": basis, "hours": [_row(exchange, one) for one in found.hours] if found.weeks else [],
    }  # fmt: skip


def _row(exchange: Exchange, one: Hour) -> dict[str, str]:
    at = clock.now()
    ends = one.at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    expected = number_words(one.expected)
    if one.before >= _LEAST:
        expected = exchange.say("load.forecast.with_before", count=expected, before=number_words(one.before))
    when = exchange.say(
        "load.forecast.when", day=day_words(clock.local_date(one.at), at), time=time_range(one.at, ends).lower()
    )
    return {
        "when": when[0].upper() + when[1:],
        "expected": expected, "staffed": exchange.say("load.forecast.minutes", minutes=one.staffed),
    }  # fmt: skip


#: Below half a tenth nothing is said: it would be written as none.
_LEAST = 0.05


def number_words(number: float) -> str:
    """'3', '1,5' or '0,3': a tenth is as exact as it is."""
    return f"{number:.1f}".removesuffix(".0").replace(".", ",")
