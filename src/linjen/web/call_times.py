"""Tider att bli uppringd, in words: by the day, for residents and staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from linjen.core import clock, swedish
from linjen.units.hours import Stretch


def time_in_words(time: Stretch, language: str) -> str:
    """'i dag kl. 10.00–12.00'."""
    day = swedish.day_words(clock.local_date(time[0]), clock.now(), language)
    return f"{day} {swedish.time_range(*time, language).lower()}"


def times_in_words(times: Sequence[Stretch], language: str, *, dated: bool = False) -> str:
    """'i dag kl. 10.00–12.00 och kl. 14.00–16.00, i morgon kl. 08.00–10.00'; times that follow each other are one.
    `dated` gives each day in full, for what is read again another day.
    """
    days: dict[date, list[Stretch]] = {}
    for start, end in sorted(times):
        of_day = days.setdefault(clock.local_date(start), [])
        if of_day and of_day[-1][1] == start:
            of_day[-1] = (of_day[-1][0], end)
        else:
            of_day.append((start, end))
    both = " and " if language == "en" else " och "
    return ", ".join(
        f"{swedish.date_words(day, language) if dated else swedish.day_words(day, clock.now(), language)} "
        + both.join(swedish.time_range(*one, language).lower() for one in some)
        for day, some in days.items()
    )
