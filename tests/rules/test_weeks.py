"""A week of pregnancy, and a place on a scale, are said as people say them."""

from __future__ import annotations

import pytest

from linjen.triage.asking.wording import amount


@pytest.mark.parametrize(
    ("value", "unit", "language", "said"),
    [
        (33, "vecka", "sv", "vecka 33"), (33, "week", "en", "week 33"), (1, "veckor", "sv", "1 vecka"),
        (38.5, "°C", "sv", "38,5 °C"), (2, "veckor", "sv", "2 veckor"),
        (4, "(0–10)", "sv", "4 av 10"), (4, "(0–10)", "en", "4 of 10"), (6.5, "(0–10)", "sv-latt", "6,5 av 10"),
    ],
)  # fmt: skip
def test_which_week_comes_after_its_unit_and_how_many_before(value: float, unit: str, language: str, said: str) -> None:
    assert amount(value, unit, language) == said
