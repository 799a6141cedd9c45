"""The one place where time comes from: UTC for storing, Europe/Stockholm for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
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
