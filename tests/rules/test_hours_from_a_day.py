"""Öppettider från en dag: which week holds on which day, how long staff stay, and the nights of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from linjen.core import clock
from linjen.core.errors import Invalid
from linjen.units.hours import (
    State,
    closes_at,
    hours_today,
    last_staffed_end,
    next_opening,
    staffed_minutes,
    staffed_until,
    state_at,
)
from linjen.units.schedule import EVER, HEALTH_CENTRE_WEEK, Schedule, Span, Week, WeekFrom, schedule_from_rows, week_of
from linjen.units.weekly_hours import Hours, as_of, check_week

#: A Monday, from which other hours hold.
_DAY = date(2027, 1, 11)
_LONGER = week_of(*["08.00–18.00"] * 5, "", "")


def weeks(*some: tuple[date, Week, int]) -> tuple[WeekFrom, ...]:
    return tuple(WeekFrom(from_on=on, week=week, stay_minutes=stay) for on, week, stay in some)


_CHANGED = Schedule(week=HEALTH_CENTRE_WEEK, weeks=weeks((EVER, HEALTH_CENTRE_WEEK, 30), (_DAY, _LONGER, 60)))


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return clock.at_wall(on, time(hour, minute))


def test_the_day_before_is_as_it_was_and_the_day_itself_is_new() -> None:
    friday, monday = date(2027, 1, 8), _DAY
    assert closes_at(_CHANGED, at(friday, 9)) == at(friday, 14, 30)
    assert staffed_until(_CHANGED, at(friday, 14, 45)) == at(friday, 15)
    assert closes_at(_CHANGED, at(monday, 9)) == at(monday, 18)
    assert state_at(_CHANGED, at(monday, 18, 45)) is State.CLOSED_TO_RESIDENTS
    assert staffed_until(_CHANGED, at(monday, 18, 45)) == at(monday, 19)
    assert last_staffed_end(_CHANGED, at(monday, 20)) == at(monday, 19)
    assert last_staffed_end(_CHANGED, at(monday, 7)) == at(friday, 15)
    assert hours_today(_CHANGED, at(monday, 7)) == (Span(time(8), time(18)),)


def test_what_was_waited_is_counted_by_the_hours_of_each_day() -> None:
    assert staffed_minutes(_CHANGED, at(date(2027, 1, 8), 0), at(date(2027, 1, 12), 0)) == 7 * 60 + 11 * 60


def test_before_its_first_hours_a_unit_is_not_open() -> None:
    coming = Schedule(week=week_of(*[""] * 7), weeks=weeks((_DAY, _LONGER, 30)))
    assert next_opening(coming, at(date(2027, 1, 4), 9)) == at(_DAY, 8)
    assert state_at(coming, at(date(2027, 1, 5), 9)) is State.UNSTAFFED


def test_a_long_open_holiday_follows_the_week_of_its_days() -> None:
    easter = date(2027, 3, 26)  # Good Friday, and Easter Monday the 29th
    rows = [(day, time(8), time(16)) for day in range(5)]
    schedule = schedule_from_rows(
        rows, [(at(easter, 0), at(date(2027, 3, 30), 0), "holiday_open", "")],
        weeks=weeks((EVER, HEALTH_CENTRE_WEEK, 30), (date(2027, 3, 29), _LONGER, 30)),
    )  # fmt: skip
    assert hours_today(schedule, at(easter, 9)) == (Span(time(8), time(14, 30)),)
    assert hours_today(schedule, at(date(2027, 3, 29), 9)) == (Span(time(8), time(18)),)


@pytest.mark.parametrize(("sunday", "hours"), [(date(2027, 3, 28), 3), (date(2027, 10, 31), 5)])
def test_from_the_day_when_the_clock_is_changed(sunday: date, hours: int) -> None:
    night = week_of(*[""] * 6, "00.00–04.00")
    changed = Schedule(
        week=HEALTH_CENTRE_WEEK, weeks=weeks((EVER, HEALTH_CENTRE_WEEK, 30), (sunday, night, 60)),
        closed_on_public_holidays=False,
    )  # fmt: skip
    opens = at(sunday, 0)
    assert next_opening(changed, opens - timedelta(hours=5)) == opens
    assert closes_at(changed, opens) == opens + timedelta(hours=hours) == at(sunday, 4)
    assert staffed_until(changed, opens) == at(sunday, 5), "an hour is an hour"
    assert staffed_minutes(changed, opens, opens + timedelta(hours=12)) == (hours + 1) * 60


def test_a_coming_week_holds_when_its_day_has_come_and_one_that_changes_nothing_is_none() -> None:
    planned = Hours(week=HEALTH_CENTRE_WEEK, stay_minutes=30, coming=weeks((_DAY, _LONGER, 60)))
    assert as_of(planned, date(2027, 1, 10)) == planned
    assert as_of(planned, _DAY) == Hours(week=_LONGER, stay_minutes=60)
    again = Hours(week=_LONGER, stay_minutes=60, coming=weeks((_DAY, _LONGER, 60)))
    assert as_of(again, date(2027, 1, 1)).coming == ()
    back = weeks((_DAY + timedelta(days=7), HEALTH_CENTRE_WEEK, 30), (_DAY, _LONGER, 60))
    assert [one.from_on.day for one in as_of(Hours(week=HEALTH_CENTRE_WEEK, stay_minutes=30, coming=back),
                                             date(2027, 1, 1)).coming] == [11, 18]  # fmt: skip


@pytest.mark.parametrize(("days", "stay", "reason", "field"), [
    ([""] * 7, 30, "week_missing", "day_0"), (["08.00–16.15", *[""] * 6], 30, "hours_step", "day_0"),
    (["", "07.45–16.00", *[""] * 5], 30, "hours_step", "day_1"),
    (["", "", "16–24", *[""] * 4], 0, "hours_midnight", "day_2"),
    (["8-16", *[""] * 6], 45, "stay", "stay"), (["8-16", *[""] * 6], -1, "stay", "stay"),
])  # fmt: skip
def test_what_is_no_week(days: list[str], stay: int, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as told:
        check_week(week_of(*days), stay, HEALTH_CENTRE_WEEK)
    assert (told.value.reason, told.value.field) == (reason, field)


def test_a_day_that_is_not_changed_may_stay_as_it_is() -> None:
    odd = week_of("08.00–16.03", *[""] * 6)
    check_week(odd, 30, odd)
    assert datetime(2027, 1, 11, 7, tzinfo=UTC) == at(_DAY, 8)
