"""Who is next: the most urgent first, and nobody is passed over for ever."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linjen.cases.waiting.turn import DEADLINES, is_over, place, used

MINUTE, HOUR = 60.0, 3600.0
levels = st.integers(1, 5)
waits = st.floats(0, 60 * 24 * HOUR)


@given(st.lists(st.tuples(levels, waits), max_size=30))
def test_levels_1_and_2_come_before_whatever_has_waited_long(cases: list[tuple[int, float]]) -> None:
    order = [level for level, waited in sorted(cases, key=lambda one: place(one[0], one[1], DEADLINES[one[0]]))]
    urgent = [level for level in order if level <= 2]
    assert order[: len(urgent)] == sorted(urgent)


@given(levels, waits, waits)
def test_of_two_of_one_level_who_has_waited_longer_comes_first(level: int, one: float, other: float) -> None:
    shorter, longer = sorted((one, other))
    assert place(level, longer, DEADLINES[level]) <= place(level, shorter, DEADLINES[level])


@pytest.mark.parametrize(
    ("level", "waited_s", "over"),
    [
        (3, 24 * HOUR, False), (3, 24 * HOUR + 1, True), (4, 7 * 24 * HOUR, False), (4, 7 * 24 * HOUR + 1, True),
        (5, 25 * HOUR, True), (2, 100 * HOUR, False), (1, 100 * HOUR, False),
    ],
)  # fmt: skip
def test_the_band_over_time_is_for_levels_3_to_5_whose_deadline_has_passed(
    level: int, waited_s: float, over: bool
) -> None:
    assert is_over(level, waited_s, DEADLINES[level]) is over


def test_the_deadlines_where_no_unit_has_decided_otherwise() -> None:
    assert dict(DEADLINES) == {1: 5, 2: 2 * 60, 3: 24 * 60, 4: 7 * 24 * 60, 5: 24 * 60}


def test_among_those_over_time_the_largest_share_of_its_own_deadline_comes_first() -> None:
    two_days_of_3, eight_days_of_4 = (3, 48 * HOUR), (4, 8 * 24 * HOUR)
    assert used(48 * HOUR, DEADLINES[3]) > used(8 * 24 * HOUR, DEADLINES[4])
    assert place(*two_days_of_3, DEADLINES[3]) < place(*eight_days_of_4, DEADLINES[4])
    assert place(4, 15 * 24 * HOUR, DEADLINES[4]) < place(*two_days_of_3, DEADLINES[3])


def test_under_an_unbroken_inflow_of_2_and_3_a_level_4_is_offered_within_a_fifth_over_its_deadline() -> None:
    """Somebody is taken every five minutes, somebody of level 2 or 3 comes as often, and twenty always wait."""
    chance = random.Random(4)
    waiting: list[tuple[int, float]] = [(4, 0.0), *((3, 0.0) for _ in range(20))]  # level, when it came
    now, level = 0.0, 0
    while level != 4 and now < 2 * DEADLINES[4] * MINUTE:
        now += 5 * MINUTE
        waiting.append((chance.choice((2, 3)), now - chance.random()))
        level, came = min(waiting, key=lambda one: place(one[0], now - one[1], DEADLINES[one[0]]))
        waiting.remove((level, came))
    assert level == 4, "it starved"
    assert DEADLINES[4] * MINUTE < now <= 1.2 * DEADLINES[4] * MINUTE
