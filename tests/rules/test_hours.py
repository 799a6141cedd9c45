"""Opening hours: the routine's table, every minute of the nights when the clock is changed, and ten years at random."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linjen.core.clock import STOCKHOLM, local_date
from linjen.core.errors import Invalid
from linjen.units.hours import (
    State,
    add_staffed_time,
    closes_at,
    expected_answer,
    find_closure,
    hours_today,
    last_staffed_end,
    next_opening,
    received_at,
    staffed_minutes,
    staffed_until,
    state_at,
)
from linjen.units.schedule import (
    HEALTH_CENTRE_WEEK,
    MIDNIGHT,
    REHAB_WEEK,
    Closure,
    Schedule,
    Span,
    Week,
    find_public_holiday,
    schedule_from_rows,
    spans_of,
    week_from_rows,
    week_of,
)

MINUTE = timedelta(minutes=1)
CENTRE = Schedule(week=HEALTH_CENTRE_WEEK)
REHAB = Schedule(week=REHAB_WEEK, staff_stay=timedelta())
ALWAYS = Schedule(week=week_of(*["00.00–24.00"] * 7), closed_on_public_holidays=False)
NEVER = Schedule(week=week_of(*[""] * 7))


def swedish(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def shown(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(STOCKHOLM).strftime("%a %d %b %H.%M")


@pytest.mark.parametrize(
    ("at", "state", "closes", "staffed", "opens"),
    [
        # A Thursday and the Friday after it, in winter.
        ("2026-11-19 07:59", State.UNSTAFFED, "", "", "Thu 19 Nov 08.00"),
        ("2026-11-19 08:00", State.OPEN, "Thu 19 Nov 16.00", "Thu 19 Nov 16.30", "Fri 20 Nov 08.00"),
        ("2026-11-19 15:59", State.OPEN, "Thu 19 Nov 16.00", "Thu 19 Nov 16.30", "Fri 20 Nov 08.00"),
        ("2026-11-19 16:00", State.CLOSED_TO_RESIDENTS, "", "Thu 19 Nov 16.30", "Fri 20 Nov 08.00"),
        ("2026-11-19 16:29", State.CLOSED_TO_RESIDENTS, "", "Thu 19 Nov 16.30", "Fri 20 Nov 08.00"),
        ("2026-11-19 16:30", State.UNSTAFFED, "", "", "Fri 20 Nov 08.00"),
        ("2026-11-20 14:29", State.OPEN, "Fri 20 Nov 14.30", "Fri 20 Nov 15.00", "Mon 23 Nov 08.00"),
        ("2026-11-20 14:30", State.CLOSED_TO_RESIDENTS, "", "Fri 20 Nov 15.00", "Mon 23 Nov 08.00"),
        ("2026-11-20 15:00", State.UNSTAFFED, "", "", "Mon 23 Nov 08.00"),
        # Maundy Thursday, then Good Friday to Easter Monday, in summer time.
        ("2026-04-02 15:00", State.OPEN, "Thu 02 Apr 16.00", "Thu 02 Apr 16.30", "Tue 07 Apr 08.00"),
        ("2026-04-03 10:00", State.UNSTAFFED, "", "", "Tue 07 Apr 08.00"),
        # The Friday before the clock is put back, and the Monday after.
        ("2026-10-23 14:45", State.CLOSED_TO_RESIDENTS, "", "Fri 23 Oct 15.00", "Mon 26 Oct 08.00"),
    ],
)
def test_health_centre(at: str, state: State, closes: str, staffed: str, opens: str) -> None:
    now = swedish(at)
    assert state_at(CENTRE, now) == state
    assert shown(closes_at(CENTRE, now)) == closes
    assert shown(staffed_until(CENTRE, now)) == staffed
    assert shown(next_opening(CENTRE, now)) == opens


@pytest.mark.parametrize(
    ("at", "received"),
    [
        ("2026-11-19 09:00", "Thu 19 Nov 10.00"),
        ("2026-11-19 11:59", "Thu 19 Nov 11.59"),
        ("2026-11-19 12:00", "Fri 20 Nov 10.00"),
        ("2026-11-20 13:00", "Mon 23 Nov 10.00"),
        ("2026-12-23 12:30", "Thu 24 Dec 10.00"),
        ("2026-12-24 12:30", "Mon 28 Dec 10.00"),
    ],
)
def test_rehab_takes_what_comes_after_twelve_the_next_weekday(at: str, received: str) -> None:
    assert shown(received_at(REHAB, swedish(at))) == received
    if ":59" not in at:
        assert state_at(REHAB, swedish(at)) == State.UNSTAFFED


def test_special_days_win_over_holidays_and_the_week() -> None:
    special = {date(2026, 4, 3): spans_of("10–12"), date(2026, 6, 19): ()}
    schedule = Schedule(week=HEALTH_CENTRE_WEEK, special_days=special)
    assert shown(closes_at(schedule, swedish("2026-04-03 11:00"))) == "Fri 03 Apr 12.00"
    assert state_at(schedule, swedish("2026-06-19 10:00")) == State.UNSTAFFED
    assert state_at(CENTRE, swedish("2026-06-19 10:00")) == State.OPEN
    open_on_holidays = Schedule(week=HEALTH_CENTRE_WEEK, closed_on_public_holidays=False)
    assert state_at(open_on_holidays, swedish("2026-04-03 10:00")) == State.OPEN


def test_public_holidays_have_names() -> None:
    assert find_public_holiday(date(2026, 5, 14)) == "Kristi himmelsfärdsdag"
    assert find_public_holiday(date(2026, 11, 22)) is None


def closure(from_at: str, until_at: str) -> Closure:
    return Closure(swedish(from_at), swedish(until_at), "acute", "high_load")


def test_temporary_closure() -> None:
    acute = closure("2026-11-19 13:00", "2026-11-20 10:00")
    schedule = Schedule(week=HEALTH_CENTRE_WEEK, closures=(acute,))
    before, within = swedish("2026-11-19 12:00"), swedish("2026-11-19 13:00")
    assert shown(closes_at(schedule, before)) == "Thu 19 Nov 13.00"
    assert shown(next_opening(schedule, before)) == "Fri 20 Nov 10.00"
    assert state_at(schedule, within) == State.TEMPORARILY_CLOSED
    assert find_closure(schedule, within) == acute
    # Ongoing cases are still looked after, so the staff is there.
    assert shown(staffed_until(schedule, within)) == "Thu 19 Nov 16.30"
    assert state_at(schedule, swedish("2026-11-20 10:00")) == State.OPEN
    expected = expected_answer(schedule, within, 3)
    assert (expected.reason, shown(expected.from_at)) == ("reopens", "Fri 20 Nov 10.00")


@pytest.mark.parametrize(("at", "from_at", "until_at", "hours"), [
    ("2026-11-19 06:00", "2026-11-19 05:00", "2026-11-20 00:00", ""),
    ("2026-11-19 11:00", "2026-11-19 10:03", "2026-11-20 00:00", ""),
    ("2026-11-19 09:00", "2026-11-19 10:00", "2026-11-20 00:00", "08.00–10.00"),
    ("2026-11-19 11:00", "2026-11-19 10:00", "2026-11-19 12:00", "08.00–10.00, 12.00–16.00"),
    ("2026-11-19 13:00", "2026-11-19 10:00", "2026-11-19 12:00", "08.00–10.00, 12.00–16.00"),
    ("2026-11-19 13:00", "2026-11-18 10:00", "2026-11-19 00:00", "08.00–16.00"),
    ("2026-11-21 13:00", "2026-11-18 10:00", "2026-11-19 00:00", ""),
])  # fmt: skip
def test_todays_hours_are_those_that_a_closure_leaves(at: str, from_at: str, until_at: str, hours: str) -> None:
    closed = Schedule(week=HEALTH_CENTRE_WEEK, closures=(closure(from_at, until_at),))
    said = ", ".join(f"{one.opens:%H.%M}–{one.closes:%H.%M}" for one in hours_today(closed, swedish(at)))
    assert said == hours
    assert [(one.opens, one.closes) for one in hours_today(ALWAYS, swedish(at))] == [(time(0), MIDNIGHT)]


def test_closures_that_touch_overlap_or_are_empty() -> None:
    closures = (
        closure("2026-11-19 09:00", "2026-11-19 11:00"),
        closure("2026-11-19 10:00", "2026-11-19 10:30"),
        closure("2026-11-19 11:00", "2026-11-19 12:00"),
        closure("2026-11-19 13:00", "2026-11-19 13:00"),
    )
    schedule = Schedule(week=HEALTH_CENTRE_WEEK, closures=closures)
    assert shown(closes_at(schedule, swedish("2026-11-19 08:30"))) == "Thu 19 Nov 09.00"
    assert shown(next_opening(schedule, swedish("2026-11-19 08:30"))) == "Thu 19 Nov 12.00"
    assert shown(closes_at(schedule, swedish("2026-11-19 12:30"))) == "Thu 19 Nov 16.00"
    assert find_closure(schedule, swedish("2026-11-19 10:15")) == closures[0]


def test_lunch_and_units_that_never_close_or_never_open() -> None:
    lunch = Schedule(week=week_of(*["08–12 13–16"] * 5, "", ""))
    assert state_at(lunch, swedish("2026-11-19 12:10")) == State.CLOSED_TO_RESIDENTS
    assert state_at(lunch, swedish("2026-11-19 12:30")) == State.UNSTAFFED
    assert shown(next_opening(lunch, swedish("2026-11-19 09:00"))) == "Thu 19 Nov 13.00"
    touching = Schedule(week=week_of(*["08–12 12–16"] * 5, "", ""))
    assert shown(closes_at(touching, swedish("2026-11-19 09:00"))) == "Thu 19 Nov 16.00"
    now = swedish("2026-11-19 03:00")
    assert state_at(ALWAYS, now) == State.OPEN
    assert next_opening(ALWAYS, now) is None
    assert state_at(NEVER, now) == State.UNSTAFFED
    assert next_opening(NEVER, now) is None
    assert expected_answer(NEVER, now, 3).reason == "no_hours"


@pytest.mark.parametrize(
    ("at", "urgency", "median", "reason", "from_at", "by_at"),
    [
        ("2026-11-19 10:00", 3, None, "open", "Thu 19 Nov 10.00", ""),
        ("2026-11-19 10:00", 3, 42, "usual", "Thu 19 Nov 10.00", "Thu 19 Nov 10.45"),
        ("2026-11-19 10:00", 1, None, "now", "Thu 19 Nov 10.00", ""),
        ("2026-11-19 10:00", 2, 5, "now", "Thu 19 Nov 10.00", "Thu 19 Nov 10.05"),
        # Never later than the staff is there, and what does not fit goes on the next staffed morning.
        ("2026-11-19 15:50", 3, 38, "usual", "Thu 19 Nov 15.50", "Thu 19 Nov 16.30"),
        ("2026-11-19 15:50", 3, 60, "usual_next", "Thu 19 Nov 15.50", "Fri 20 Nov 08.20"),
        ("2026-11-20 14:20", 5, 90, "usual_next", "Fri 20 Nov 14.20", "Mon 23 Nov 08.50"),
        ("2026-11-19 16:10", 3, 30, "opens", "Fri 20 Nov 08.00", "Fri 20 Nov 08.30"),
        ("2026-11-20 20:00", 4, None, "opens", "Mon 23 Nov 08.00", ""),
        ("2026-11-20 20:00", 2, None, "opens_urgent", "Mon 23 Nov 08.00", ""),
        ("2026-11-20 20:00", 2, 10, "opens_urgent", "Mon 23 Nov 08.00", "Mon 23 Nov 08.10"),
    ],
)
def test_expected_answer(at: str, urgency: int, median: float | None, reason: str, from_at: str, by_at: str) -> None:
    expected = expected_answer(CENTRE, swedish(at), urgency, median)
    assert (expected.reason, shown(expected.from_at), shown(expected.by_at)) == (reason, from_at, by_at)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("8", "hours_form"),
        ("8-x", "hours_form"),
        ("25-26", "hours_form"),
        ("8.5-9", "hours_form"),
        ("8-9-10", "hours_form"),
        ("10-8", "hours_backwards"),
        ("8-8", "hours_backwards"),
        ("8-12 11-13", "hours_overlap"),
        ("8-24 9-10", "hours_overlap"),
    ],
)
def test_hours_that_cannot_be(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        spans_of(text)
    assert (caught.value.reason, caught.value.field) == (reason, "week")


def test_a_week_from_its_rows() -> None:
    rows = [(day, time(8), time(14, 30) if day == 4 else time(16)) for day in (4, 2, 0, 1, 3)]
    assert week_from_rows(rows) == HEALTH_CENTRE_WEEK
    with pytest.raises(Invalid, match="hours_overlap"):
        week_from_rows([(0, time(8), time(12)), (0, time(11), time(13))])


def test_a_schedule_from_its_rows() -> None:
    hours = [(day, time(8), time(16)) for day in range(5)]
    schedule = schedule_from_rows(
        hours,
        [
            (swedish("2026-04-03 10:00"), swedish("2026-04-03 12:00"), "holiday_open", ""),
            (swedish("2026-12-24 00:00"), swedish("2026-12-27 00:00"), "holiday_open", ""),
            (swedish("2026-11-19 13:00"), swedish("2026-11-19 14:00"), "acute", "high_load"),
        ],
        staff_stay=timedelta(minutes=15),
    )
    assert shown(closes_at(schedule, swedish("2026-04-03 11:00"))) == "Fri 03 Apr 12.00"
    assert shown(closes_at(schedule, swedish("2026-12-25 11:00"))) == "Fri 25 Dec 16.00"
    assert shown(staffed_until(schedule, swedish("2026-12-25 11:00"))) == "Fri 25 Dec 16.15"
    assert state_at(schedule, swedish("2026-12-26 11:00")) == State.UNSTAFFED
    assert state_at(schedule, swedish("2026-11-19 13:30")) == State.TEMPORARILY_CLOSED


def test_hours_as_people_write_them() -> None:
    assert spans_of("13:00 – 24.00, 8-12") == (Span(time(8), time(12)), Span(time(13), MIDNIGHT))
    assert spans_of(" ") == ()
    with pytest.raises(Invalid, match="week_not_seven_days"):
        week_of("8-12")


# -- against a second reckoning, by the wall clock, minute by minute -----------------------------------------------


def is_open_by_the_clock(week: Week, at: datetime) -> bool:
    """Open to residents, told from nothing but what the clock on the wall shows and whether it shows it twice."""
    wall = at.astimezone(STOCKHOLM)
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    now = wall.time().replace(fold=0)

    def also(edge: time) -> bool:
        return edge != MIDNIGHT and edge.hour == now.hour and twice

    for span in week[wall.weekday()]:
        opened = span.opens <= now or (wall.fold == 1 and also(span.opens))
        closed = span.closes != MIDNIGHT and span.closes <= now and not (wall.fold == 0 and also(span.closes))
        if opened and not closed:
            return True
    return False


def changes(year: int) -> list[date]:
    """The last Sundays of March and October."""
    ends = (date(year, 3, 31), date(year, 10, 31))
    return [end - timedelta(days=(end.weekday() + 1) % 7) for end in ends]


NIGHT_WEEKS = [
    week_of(*["02.30–09.00"] * 7),
    week_of(*["22.00–24.00"] * 6, "00.00–02.30"),
    week_of(*["01.00–02.00 03.00–04.00"] * 7),
    week_of(*["02.00–03.00"] * 7),
    week_of(*["02.15–02.45"] * 7),
    HEALTH_CENTRE_WEEK,
]


@pytest.mark.parametrize("week", NIGHT_WEEKS)
def test_every_minute_of_the_nights_when_the_clock_changes(week: Week) -> None:
    schedule = Schedule(week=week, closed_on_public_holidays=False)
    for day in (change for year in (2026, 2031) for change in changes(year)):
        at = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC) - timedelta(hours=1)
        for _ in range(6 * 60):
            assert (state_at(schedule, at) == State.OPEN) == is_open_by_the_clock(week, at), at.astimezone(STOCKHOLM)
            at += MINUTE


QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@st.composite
def days(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(QUARTERS, max_size=4)))
    closing = [*edges[1::2], *([MIDNIGHT] if len(edges) % 2 else [])]
    return tuple(Span(opens, closes) for opens, closes in zip(edges[::2], closing, strict=True))


WEEKS = st.tuples(*[days()] * 7)
TEN_YEARS = st.integers(0, 10 * 366 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + minute * MINUTE)
CHANGES = st.sampled_from([change for year in range(2026, 2037) for change in changes(year)])
NIGHTS = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE,
    CHANGES,
    st.integers(-180, 26 * 60),
)


@settings(max_examples=300, deadline=None)
@given(WEEKS, TEN_YEARS | NIGHTS)
@example(week_of(*["00.00–24.00"] * 7), datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
def test_ten_years_of_any_hours(week: Week, at: datetime) -> None:
    schedule = Schedule(week=week, closed_on_public_holidays=False)
    is_open = is_open_by_the_clock(week, at)
    state, closes, staffed = state_at(schedule, at), closes_at(schedule, at), staffed_until(schedule, at)
    assert (state == State.OPEN) == (closes is not None) == is_open
    # The stay ends half an hour after the closing, so the last open minute is at most thirty minutes back.
    assert (staffed is not None) == any(is_open_by_the_clock(week, at - back * MINUTE) for back in range(31))
    if closes is not None:
        assert staffed is not None
        assert staffed >= closes + timedelta(minutes=30)
        assert is_open_by_the_clock(week, closes - MINUTE)
        assert not is_open_by_the_clock(week, closes) or closes - at > timedelta(days=300)
    opens = next_opening(schedule, at)
    if opens is not None:
        assert opens > at
        assert is_open_by_the_clock(week, opens)
        assert not is_open_by_the_clock(week, opens - MINUTE)
        if not is_open:
            step = (opens - at) / 50
            assert not any(is_open_by_the_clock(week, at + part * step) for part in range(50))


@settings(max_examples=200, deadline=None)
@given(WEEKS, TEN_YEARS, st.integers(1, 5), st.integers(0, 600))
def test_an_answer_is_never_promised_when_nobody_is_there(week: Week, at: datetime, urgency: int, median: int) -> None:
    schedule = Schedule(week=week)
    expected = expected_answer(schedule, at, urgency, median)
    if expected.from_at is None:
        assert next_opening(schedule, at) is None
        return
    assert expected.from_at >= at
    assert state_at(schedule, expected.from_at) == State.OPEN
    assert expected.by_at is not None
    assert expected.by_at >= expected.from_at
    assert staffed_until(schedule, expected.by_at - timedelta(seconds=1)) is not None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3 * 24 * 60), st.integers(0, 2000))
def test_staffed_time_adds_up(minute: int, duration: int) -> None:
    at = swedish("2026-11-16 00:00").astimezone(UTC) + minute * MINUTE
    done = add_staffed_time(CENTRE, at, duration * MINUTE)
    assert done is not None
    staffed = 0
    while at < done:
        staffed += staffed_until(CENTRE, at) is not None
        at += MINUTE
    assert staffed == duration
    assert local_date(done).weekday() < 5


def test_an_estimate_is_not_rounded_past_the_end_of_the_day() -> None:
    odd = Schedule(week=week_of(*["08.00–16.03"] * 5, "", ""))
    assert shown(expected_answer(odd, swedish("2026-11-19 16:00"), 3, 32).by_at) == "Thu 19 Nov 16.33"


# -- staffed time that has passed ------------------------------------------------------------------------------------


def test_staffed_minutes_count_the_half_hour_after_closing_and_no_night() -> None:
    def may(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2023, 5, day, hour, minute, tzinfo=STOCKHOLM)

    assert staffed_minutes(CENTRE, may(15, 9), may(15, 10, 30)) == 90
    assert staffed_minutes(CENTRE, may(15, 16), may(16, 9)) == 90
    assert staffed_minutes(CENTRE, may(19, 14), may(22, 8, 30)) == 90
    assert staffed_minutes(CENTRE, may(20, 0), may(21, 23)) == 0
    assert staffed_minutes(CENTRE, may(15, 10), may(15, 9)) == 0
    lunch = Schedule(week=week_of("8-12 12.15-16", *["8-16"] * 4, "", ""))
    assert staffed_minutes(lunch, may(15, 11), may(15, 13)) == 120


@pytest.mark.parametrize(("night", "hours"), [(date(2023, 3, 25), 23), (date(2023, 10, 28), 25)])
def test_staffed_minutes_count_the_hours_that_a_night_has_when_the_clock_is_changed(night: date, hours: int) -> None:
    always = Schedule(week=week_of(*["0-24"] * 7), closed_on_public_holidays=False)
    noon = datetime.combine(night, time(12), STOCKHOLM)
    assert staffed_minutes(always, noon, datetime.combine(night + timedelta(days=1), time(12), STOCKHOLM)) == hours * 60
    late = datetime.combine(night, time(23, 30), STOCKHOLM)
    after = datetime.combine(night + timedelta(days=2), time(0, 15), STOCKHOLM)
    assert staffed_minutes(always, late, after) == (hours - 24) * 60 + 24 * 60 + 45


@given(start=st.integers(0, 60 * 24 * 60), length=st.integers(0, 60 * 24 * 40))
def test_staffed_minutes_are_those_after_which_staffed_time_has_passed(start: int, length: int) -> None:
    from_at = datetime(2023, 3, 1, tzinfo=UTC) + start * MINUTE
    minutes = staffed_minutes(CENTRE, from_at, from_at + length * MINUTE)
    if minutes:
        reached = add_staffed_time(CENTRE, from_at, timedelta(minutes=minutes))
        assert reached is not None
        assert reached <= from_at + length * MINUTE
        assert staffed_minutes(CENTRE, from_at, reached) == minutes


@given(
    minutes=st.integers(0, 10 * 365 * 24 * 60),
    week=st.sampled_from([HEALTH_CENTRE_WEEK, REHAB_WEEK]),
)
@settings(max_examples=100, deadline=None)
def test_when_the_staff_last_left_somebody_was_there_just_before_and_nobody_after(minutes: int, week: Week) -> None:
    schedule, at = Schedule(week=week), datetime(2024, 1, 1, tzinfo=UTC) + MINUTE * minutes
    left = last_staffed_end(schedule, at)
    assert left is not None
    assert left <= at
    assert staffed_until(schedule, left - MINUTE) == left
    assert staffed_until(schedule, left) is None
    half_hours = range(int((at - left) / (30 * MINUTE)) + 1)
    there = [staffed_until(schedule, left + 30 * MINUTE * number) is not None for number in half_hours]
    assert there == sorted(there), "who came after that is still there"


def test_a_unit_without_hours_has_never_been_left() -> None:
    assert last_staffed_end(Schedule(week=week_of(*[""] * 7)), datetime(2026, 11, 24, 12, tzinfo=UTC)) is None
