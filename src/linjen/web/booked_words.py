"""Bokad tid i ord: the day and time of a booked visit, always with its weekday and date."""

from __future__ import annotations

from datetime import date, datetime

from linjen.core import clock, swedish
from linjen.web.exchange import Exchange


def booked_words(exchange: Exchange, on: date, starts_at: datetime | None) -> str:
    """'fredag 4 december 2026, kl. 10.00', or without a time; in the language of the page."""
    language = exchange.language
    day = {"day": swedish.weekday(on, language), "date": swedish.date_words(on, language)}
    if starts_at is None:
        return exchange.say("case.on_day", **day)
    return exchange.say("case.at_time", **day, time=swedish.time_inside(clock.local(starts_at), language))
