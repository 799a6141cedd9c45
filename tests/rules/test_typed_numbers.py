"""Tal som de skrivs: what a number field reads, and what it asks about instead of guessing."""

from __future__ import annotations

import pytest

from linjen.web.resident.intake.typed_numbers import read_typed


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("3", "dagar", 3), ("3,5", "dagar", 3.5), ("38, 5", "°C", 38.5), ("1 000", "dagar", 1000), ("3.", "dagar", 3),
        ("två dagar", "dagar", 2), ("Tre", "dagar", 3), ("3 dagar", "dagar", 3), ("3dagar", "dagar", 3),
        ("ca 3", "dagar", 3), ("ungefär tre dygn", "dagar", 3), ("2-3", "dagar", 3), ("3–2 dagar", "dagar", 3),
        ("två till tre dagar", "dagar", 3), ("i två dagar", "dagar", 2), ("tolv dagar sedan", "dagar", 12),
        ("twelve days", "days", 12), ("about two days", "days", 2), ("for 3 days", "days", 3),
        ("39 grader", "°C", 39), ("vecka 12", "vecka", 12), ("7 av 10", "(0–10)", 7), ("7/10", "(0–10)", 7),
        ("96 %", "%", 96), ("5 ggr", "ggr/dygn", 5), ("\u00a03\u00a0dagar", "dagar", 3), ("4 Tage", "Tage", 4),
    ],
)  # fmt: skip
def test_what_people_write_is_read(typed: str, unit: str, number: float) -> None:
    assert read_typed(typed, unit) == number


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("länge", "dagar"), ("3 veckor", "dagar"), ("två veckor", "dagar"), ("3 dagar", "timmar"), ("inte 3", "dagar"),
        ("mer än 3", "dagar"), ("-3", "dagar"), ("3 8", "dagar"), ("1e3", "dagar"), ("nan", "dagar"), ("inf", "dagar"),
        ("några", "dagar"), ("ett par dagar", "dagar"), ("12+3", "vecka"), ("120/80", "mmHg"), ("3 4 5", "dagar"),
        ("", "dagar"), ("dagar", "dagar"), ("tredagar", "dagar"), ("9" * 61, "dagar"), ("3d3", "dagar"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_asked_about(typed: str, unit: str) -> None:
    assert read_typed(typed, unit) is None


@pytest.mark.parametrize("unit", ["timmar", "minuter", "%", "mmHg", "slag/min", "vecka", "°C", "mmol/L"])
def test_of_two_numbers_none_is_chosen_where_the_smaller_may_be_the_graver(unit: str) -> None:
    assert read_typed("2-3", unit) is None
