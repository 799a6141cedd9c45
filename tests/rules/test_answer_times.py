"""Svarstider: what is told holds in the share that is told, on simulated weeks of very different clinics."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linjen.cases.waiting.answer_times import FEWEST, SHARE, WINDOW, usual_of, within
from linjen.units.schedule import Schedule, week_of

_WEEK = Schedule(week=week_of("8-16", "8-16", "8-16", "8-16", "8-14.30", "", ""))
#: Minutes of work time until an answer, by clinic: steady, long-tailed, two kinds of case, and slow on Mondays.
_CLINICS = {
    "steady": lambda chance: chance.gauss(45, 10),
    "long_tail": lambda chance: chance.lognormvariate(3.5, 1.0),
    "two_kinds": lambda chance: chance.choice([chance.uniform(5, 15), chance.uniform(90, 240)]),
    "mondays": lambda chance: chance.lognormvariate(3.2, 0.6),
}


def _sent(name: str, chance: random.Random, a_day: int) -> list[tuple[int, float]]:
    """(day, minutes) of eight weeks of cases."""
    sent = []
    for day in range(8 * 7):
        for _ in range(a_day):
            minutes = max(1.0, _CLINICS[name](chance))
            sent.append((day, minutes * 4 if name == "mondays" and day % 7 == 0 else minutes))
    return sent


@pytest.mark.parametrize("name", sorted(_CLINICS))
@pytest.mark.parametrize("a_day", [1, 2, 6])
def test_what_is_told_holds_within_ten_points_of_the_share_that_is_told(name: str, a_day: int) -> None:
    held = told = 0
    for seed in range(20):
        sent = _sent(name, random.Random(seed), a_day)
        for day, minutes in sent:
            known = [(on, took) for on, took in sent if day - WINDOW.days <= on < day]
            same_day = [took for on, took in known if on % 7 == day % 7]
            usual = same_day if len(same_day) >= FEWEST else [took for _, took in known]
            if day >= WINDOW.days and len(usual) >= FEWEST:
                told += 1
                held += minutes <= within(usual)
    assert told > 100
    assert abs(100 * held / told - SHARE) <= 10, (name, held, told)


def _one(minutes: float, state: str = "closed") -> Any:
    sent = datetime(2026, 1, 13, 9, 0, tzinfo=UTC)
    return {"queued_at": sent, "state": state, "answered_at": sent + timedelta(minutes=minutes) if minutes else None}


def test_few_answers_tell_nothing_and_a_standing_queue_makes_the_time_longer() -> None:
    at = datetime(2026, 1, 13, 14, 0, tzinfo=UTC)
    assert usual_of(_WEEK, [_one(30)] * (FEWEST - 1), at) is None
    usual = usual_of(_WEEK, [_one(30)] * 20, at)
    assert usual is not None
    assert (usual.minutes, usual.count) == (30, 20)
    stands = usual_of(_WEEK, [_one(30)] * 20 + [_one(0, "queued")] * 10, at)
    assert stands is not None
    assert stands.minutes > 200
    ended = usual_of(_WEEK, [_one(30)] * 20 + [_one(0)] * 10, at)
    assert ended == usual, "what was closed without a word is no queue"
