"""Vad som är på väg: staffed hours alone, what is left of the running one, and the night's cases with the morning."""

from __future__ import annotations

from datetime import UTC, datetime, time

from linjen.cases.waiting.forecast import SHOWN, next_hours
from linjen.core import clock
from linjen.units.schedule import schedule_from_rows
from linjen.web.manage.forecast import number_words

_WEEKDAYS = schedule_from_rows([(day, time(8), time(16)) for day in range(5)], [])
#: Two cases each hour of the day, every day.
_EVEN = {(day, hour): 2.0 for day in range(1, 8) for hour in range(24)}


def test_the_running_hour_counts_for_what_is_left_of_it() -> None:
    hours = next_hours(_WEEKDAYS, datetime(2026, 11, 30, 9, 45, tzinfo=UTC), _EVEN)
    assert (hours[0].expected, hours[0].staffed) == (0.5, 15)
    assert [clock.local(one.at).hour for one in hours[:3]] == [10, 11, 12]
    assert all(one.before == 0 for one in hours[:3])
    assert len(hours) == SHOWN


def test_what_comes_at_night_and_over_the_weekend_is_told_with_the_next_staffed_hour() -> None:
    friday_evening = datetime(2026, 12, 4, 19, 0, tzinfo=UTC)
    first = next_hours(_WEEKDAYS, friday_evening, _EVEN)[0]
    monday = clock.local(first.at)
    assert (monday.isoweekday(), monday.hour) == (1, 8)
    assert first.before == 2.0 * 60, "from eight on Friday evening until eight on Monday"


def test_when_the_clock_goes_back_the_hour_is_there_twice() -> None:
    always = schedule_from_rows([(day, time(0), time(0)) for day in range(7)], [])
    hours = next_hours(always, datetime(2026, 10, 24, 22, 0, tzinfo=UTC), _EVEN)
    assert [clock.local(one.at).hour for one in hours[:5]] == [0, 1, 2, 2, 3]


def test_a_unit_that_is_never_open_has_no_hours() -> None:
    assert next_hours(schedule_from_rows([], []), datetime(2026, 11, 30, 9, tzinfo=UTC), _EVEN) == []


def test_numbers_in_words() -> None:
    assert [number_words(one) for one in (0.0, 0.3, 1.5, 3.0, 12.04)] == ["0", "0,3", "1,5", "3", "12"]
