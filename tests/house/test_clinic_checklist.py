"""docs/clinic-checklist.md: every point and journey once, and every file that it names exists and walks it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TEXT = (ROOT / "docs/clinic-checklist.md").read_text("utf-8")
_POINT = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_JOURNEY = re.compile(r"^\| (K\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_FILE = re.compile(r"`((?:tests|docs|src)/[^`]+)`")
_WALKED = re.compile(r"`([^`]+)` \((K[^)]+)\)")


def test_every_point_and_every_journey_stands_once_and_in_order() -> None:
    assert [int(number) for number, *_ in _POINT.findall(_TEXT)] == list(range(1, 37))
    assert [number for number, *_ in _JOURNEY.findall(_TEXT)] == [f"K{number}" for number in range(1, 15)]


def test_each_is_shown_by_a_test_or_says_what_is_missing() -> None:
    for number, what, shown in [*_POINT.findall(_TEXT), *_JOURNEY.findall(_TEXT)]:
        assert len(what) > 10, number
        if shown.startswith(("Not yet:", "Later:")):
            assert len(shown) > 20, f"{number} must say what is missing"
        else:
            assert _FILE.search(shown), f"{number} names no test"


def test_every_file_that_is_named_exists() -> None:
    named = set(_FILE.findall(_TEXT))
    assert len(named) > 40
    assert not {path for path in named if not (ROOT / path).is_file()}


def test_a_journey_is_walked_where_it_is_said_to_be() -> None:
    walked = [(path, number.strip()) for path, all_of in _WALKED.findall(_TEXT) for number in all_of.split(",")]
    walked += [(_FILE.findall(by)[0], number) for number, _, by in _JOURNEY.findall(_TEXT) if _FILE.findall(by)]
    assert len(walked) > 20
    for path, number in walked:
        text = (ROOT / path).read_text("utf-8")
        assert re.search(rf"def test_{number.lower()}_", text), f"{path} has no test of {number}"
