"""docs/glossary.md: what it says the code says stands in the code, and no Swedish word stands there twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| ([^|]+) \| (`[^|]+`) \| ([^|]*)\|$", re.MULTILINE)
ROWS = [(sv.strip(), re.findall(r"`([^`]+)`", code), what) for sv, code, what in _ROW.findall(
    (ROOT / "docs/glossary.md").read_text("utf-8")
)]  # fmt: skip


@pytest.fixture(scope="module")
def code() -> str:
    """Everything that is written in the program and its tests' data."""
    folders = (ROOT / "src/linjen", ROOT / "tests/rules")
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return "\n".join(path.read_text("utf-8") for path in files if path.suffix in {".py", ".sql", ".html", ".yaml"})


def test_every_name_that_is_not_for_later_is_used(code: str) -> None:
    assert len(ROWS) > 80
    used = set(re.findall(r"[a-z]+(?:_[a-z]+)*|[1-5]", code))
    unknown = [
        name
        for _, names, what in ROWS
        if "*later*" not in what
        for name in names
        if name not in used and not any(word.startswith((f"{name}_", f"{name}s")) for word in used)
    ]
    assert not unknown


def test_no_swedish_word_has_two_rows() -> None:
    words = [sv for sv, _, _ in ROWS]
    assert len(words) == len(set(words)), sorted(word for word in words if words.count(word) > 1)
