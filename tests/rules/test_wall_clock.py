"""A time on the Swedish clock, as somebody has typed it, is an instant; in the two nights of the year, too."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from linjen.core import clock

SOURCE = Path(__file__).parents[2] / "src/linjen"


@pytest.mark.parametrize(("on", "wall", "at"), [
    (date(2026, 1, 15), time(9, 30), datetime(2026, 1, 15, 8, 30, tzinfo=UTC)),
    (date(2026, 7, 15), time(9, 30), datetime(2026, 7, 15, 7, 30, tzinfo=UTC)),
    (date(2026, 3, 29), time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
    (date(2026, 3, 29), time(3), datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # of two the first
    (date(2026, 10, 25), time(3), datetime(2026, 10, 25, 2, tzinfo=UTC)),
])  # fmt: skip
def test_a_wall_time_is_an_instant(on: date, wall: time, at: datetime) -> None:
    assert clock.at_wall(on, wall) == at


@pytest.mark.parametrize("wall", [time(2), time(2, 30), time(2, 59, 59)])
def test_the_hour_that_the_clocks_leap_over_is_none(wall: time) -> None:
    with pytest.raises(ValueError, match="left out"):
        clock.at_wall(date(2026, 3, 29), wall)


def test_nobody_else_puts_a_day_and_a_time_together() -> None:
    """But the hours of a unit, which open with the leap where they would open in the hour that is left out."""
    pattern = re.compile(r"combine\([^()]*(?:\([^()]*\)[^()]*)*STOCKHOLM")
    found = {path.name for path in SOURCE.rglob("*.py") if pattern.search(path.read_text("utf-8"))}
    assert found == {"clock.py", "hours.py"}
