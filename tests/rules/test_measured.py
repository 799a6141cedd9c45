"""The figures on the vignettes that were written blind and have been opened do not fall behind what was reached.

They say nothing of new patients; `docs/triage.md` has what unseen vignettes gave.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from linjen.triage import load
from linjen.triage.trials.evaluation import Measure, asked_red_flags, evaluate, measures, pages_of, read_vignettes

DATA = Path(__file__).with_name("data") / "evaluation"
OPENED = ("open", "first_sealed", "second_open")


@pytest.fixture(scope="module", params=OPENED)
def table(request: pytest.FixtureRequest) -> dict[str, Measure | float]:
    """The measures of one folder by name, and the median and 95th percentile of pages."""
    files = sorted((DATA / request.param).glob("*.jsonl"))
    protocols = load()
    outcomes = evaluate(protocols, [one for path in files for one in read_vignettes(path.read_bytes().splitlines())])
    assert len(outcomes) >= 140
    rows: dict[str, Measure | float] = {row.name: row for row in measures(outcomes)}
    pages = pages_of(outcomes)
    return {**rows, "flags": asked_red_flags(protocols, outcomes), "median": pages.median, "p95": pages.p95}


def test_nobody_in_danger_to_life_is_sent_home(table: dict[str, Measure]) -> None:
    assert table["critical miss"].share.hits == 0
    assert table["emergency sensitivity"].share.part >= 0.97
    assert table["urgent sensitivity"].share.part >= 0.96
    assert table["safe"].share.part >= 0.97
    assert table["safe with doubts"].share.part >= 0.97
    assert table["flags"].share.part >= 0.96


def test_not_everybody_is_sent_to_hospital(table: dict[str, Measure]) -> None:
    assert table["false alarm"].share.part <= 0.11
    assert table["over-triage"].share.part <= 0.10
    assert table["self-care recognised"].share.part >= 0.6


def test_the_order_of_the_answers_changes_nothing(table: dict[str, Measure]) -> None:
    assert table["same result backwards"].share.part == 1


def test_the_interviews_are_short(table: dict[str, float]) -> None:
    assert table["median"] <= 10
    assert table["p95"] <= 18
