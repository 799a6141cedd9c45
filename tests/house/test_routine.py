"""docs/routine.md: every rule of the routine once, and every file that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUTINE = ROOT / "docs/routine.md"
_WANTED = [f"F{number:03}" for number in (*range(1, 102), *range(170, 183))]
_ROW = re.compile(r"^\| (F\d{3}) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_FILE = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, str, str, str]]:
    """Number, heading, rule and what keeps it."""
    return [tuple(part.strip() for part in row) for row in _ROW.findall(ROUTINE.read_text("utf-8"))]


def test_every_rule_stands_here_once_and_in_order() -> None:
    assert [number for number, *_ in rows()] == _WANTED


def test_every_rule_says_what_keeps_it() -> None:
    for number, _, rule, kept in rows():
        assert len(rule) > 10, number
        if kept.startswith("Not yet:"):
            assert len(kept) > len("Not yet: ") + 10, f"{number} must say what is missing"
        elif not kept.startswith("Done by people:"):
            assert _FILE.search(kept), f"{number} names neither a test, a page, people, nor what is missing"


def test_every_file_that_is_named_exists() -> None:
    named = {(number, path) for number, *_, kept in rows() for path in _FILE.findall(kept)}
    assert len(named) > 60
    assert not {(number, path) for number, path in named if not (ROOT / path).is_file()}


def test_what_counts_as_covered_is_covered_by_a_test_or_a_page() -> None:
    for number, *_, kept in rows():
        if not kept.startswith(("Not yet:", "Done by people:")):
            paths = _FILE.findall(kept)
            assert all(path.startswith("tests/") or path.endswith(".html") for path in paths), number


def test_code_names_only_rules_that_stand_here() -> None:
    known = set(_WANTED)
    for path in sorted((ROOT / "src").rglob("*.py")):
        named = set(re.findall(r"\bF\d{3}\b", path.read_text("utf-8")))
        assert named <= known, f"{path.relative_to(ROOT)} names {named - known}"
