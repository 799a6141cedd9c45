"""Until when a case may be asynchronous: a day when somebody is there, and never past an answer that is due."""

from __future__ import annotations

from datetime import datetime

import pytest

from linjen.cases.moves.left_behind import Held
from linjen.core.clock import STOCKHOLM
from linjen.core.ids import new_id
from linjen.units.schedule import HEALTH_CENTRE_WEEK, Schedule, week_of
from linjen.web.clinic.moves.day_end import closing_near, day_goes_on
from linjen.web.clinic.moves.leaving_words import promised_day

_CENTRE = Schedule(week=HEALTH_CENTRE_WEEK)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(("at", "level", "due", "words"), [
    ("2026-11-24 10:56", 3, None, "27 november 2026"),  # Tuesday to Friday
    ("2026-11-25 10:56", 3, None, "27 november 2026"),  # Wednesday: Saturday is nobody's
    ("2026-11-27 10:56", 3, None, "30 november 2026"),  # Friday to Monday
    ("2026-12-24 10:56", 3, None, "28 december 2026"),  # over Christmas, farther than usual
    ("2026-11-24 10:56", 3, "2026-11-25 10:00", "25 november 2026 kl. 10.00"),
    ("2026-11-24 10:56", 3, "2026-11-25 20:00", "25 november 2026"),  # the staff has left by then
    ("2026-11-24 10:56", 4, "2026-11-30 10:00", "27 november 2026"),
    ("2026-11-27 10:56", 3, "2026-11-28 10:00", None),  # due on a Saturday
    ("2026-11-24 10:56", 3, "2026-11-25 07:30", None),  # before anybody comes
    ("2026-11-24 10:56", 3, "2026-11-23 10:00", None),  # passed
    ("2026-11-24 10:56", 2, "2026-11-24 12:00", "25 november 2026"),  # warned about, and no longer than must be
    ("2026-11-27 10:56", 2, None, "30 november 2026"),
])  # fmt: skip
def test_a_day_that_can_be_promised(at: str, level: int, due: str | None, words: str | None) -> None:
    until = promised_day(_CENTRE, _at(at), Held(new_id(), level, _at(due) if due else None))
    assert (until.words() if until else None) == words
    if until:
        assert (until.on - _at(at).date()).days == until.days


def test_a_unit_without_hours_still_lets_the_patient_speak() -> None:
    never = Schedule(week=week_of("", "", "", "", "", "", ""))
    at = _at("2026-11-24 10:56")
    assert promised_day(never, at, Held(new_id(), 4, None))
    assert promised_day(never, at, Held(new_id(), 1, at))
    assert promised_day(never, at, Held(new_id(), 4, at)) is None


@pytest.mark.parametrize(("time", "goes_on", "near"), [
    ("10:56", True, False), ("15:14", True, False), ("15:15", False, True), ("16:10", False, True),
    ("16:30", False, False), ("22:00", False, False),
])  # fmt: skip
def test_the_day_goes_on_until_the_ledger_says_that_it_ends(time: str, goes_on: bool, near: bool) -> None:
    at = _at(f"2026-11-24 {time}")
    assert (day_goes_on(_CENTRE, at), closing_near(_CENTRE, at) is not None) == (goes_on, near)
