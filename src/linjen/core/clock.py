"""The one place where time comes from: UTC for storing, Europe/Stockholm for people."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """The present instant, timezone-aware in UTC."""
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """The same instant on a Swedish wall clock."""
    return at.astimezone(STOCKHOLM)


def local_date(at: datetime) -> date:
    """The Swedish calendar day of an instant; ages and opening hours are counted on it."""
    return local(at).date()


def before(at: datetime, seconds: float) -> datetime:
    """The instant so many seconds before `at`."""
    return at - timedelta(seconds=seconds)


def read_day(text: str) -> date:
    """A day as a browser's field sends it, 2030-05-15 and nothing else; ValueError. Python reads 20300515, too.

    One of a year that we never mean is none: the day after the last that Python knows cannot be counted.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("no day")
    found = date.fromisoformat(text)
    if not is_meant(found):
        raise ValueError("no year of ours")
    return found


def read_moment(text: str) -> datetime:
    """An instant with its zone, as `isoformat` writes it; ValueError for anything else, and as `read_day`."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or not is_meant(found):
        raise ValueError("no moment")
    return found


def at_wall(on: date, wall: time) -> datetime:
    """The instant (UTC) at which Swedish clocks show `wall` on a day: where an hour comes twice, the first time.

    ValueError in the night when summer time begins, for a time that the clocks leap over. It is in UTC, since Python
    takes no time of an hour that comes twice for the same as one in another zone.
    """
    found = datetime.combine(on, wall, STOCKHOLM).astimezone(UTC)
    if local(found).time() != wall:
        raise ValueError("left out")
    return found


def is_meant(on: date) -> bool:
    """Whether its year is one that somebody can mean, so that it can be counted with in every zone."""
    return 1900 <= on.year <= 2200


def read_time(text: str) -> time:
    """A time of day, 09:30 or 9.30, with seconds or without; ValueError for anything else."""
    if not re.fullmatch(r"\d?\d[:.]\d\d([:.]\d\d)?", text, re.ASCII):
        raise ValueError("no time")
    return time.fromisoformat(text.replace(".", ":").zfill(5 if len(text) < 6 else 8))
