"""Tyst tid: which hours are quiet, and when they end, on nights that are changed too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.core.clock import STOCKHOLM
from linjen.people.quiet_hours import Quiet


def at(text: str) -> datetime:
    """A moment on a Swedish clock."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("hours", "moment", "ends"),
    [((21, 7), "2026-11-29T21:00", "2026-11-30T07:00"), ((21, 7), "2026-11-29T20:59", None),
     ((21, 7), "2026-11-30T06:59", "2026-11-30T07:00"), ((21, 7), "2026-11-30T07:00", None),
     ((21, 7), "2026-11-30T00:30", "2026-11-30T07:00"), ((1, 5), "2026-11-30T01:00", "2026-11-30T05:00"),
     ((1, 5), "2026-11-30T05:00", None), ((0, 0), "2026-11-30T00:00", None), ((9, 9), "2026-11-30T09:30", None),
     ((21, 0), "2026-11-30T23:30", "2026-12-01T00:00"), ((21, 7), "2026-12-31T23:59", "2027-01-01T07:00"),
     # The night to summer time has no half past two, that to winter time has two of them.
     ((21, 7), "2026-03-28T22:00", "2026-03-29T07:00"), ((21, 7), "2026-10-24T22:00", "2026-10-25T07:00"),
     ((22, 2), "2026-03-28T23:00", "2026-03-29T02:00")],
)  # fmt: skip
def test_quiet_and_its_end(hours: tuple[int, int], moment: str, ends: str | None) -> None:
    assert Quiet(*hours).ends(at(moment)) == (at(ends) if ends else None)


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 10 * 366 * 24 * 60))
def test_it_ends_within_a_day_and_is_not_quiet_then(begin: int, end: int, minute: int) -> None:
    quiet, now = Quiet(begin, end), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ends = quiet.ends(now)
    if ends is not None:
        assert timedelta(0) <= ends - now <= timedelta(hours=25)
        assert quiet.ends(ends) is None
