"""A checklist of docs/: its points and journeys, what shows each of them, and what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_FILE = re.compile(r"`((?:tests|docs|src)/[^`:]+)(?:::[^`]+)?`")
_TEST = re.compile(r"`(tests/[^`:]+)::([^`]+)`")
_NOT_SHOWN = ("Not yet:", "Later:")


class Row(NamedTuple):
    """A point or a journey: its number, what can be expected, and what shows that it is so."""

    number: str
    what: str
    shown: str

    @property
    def files(self) -> list[str]:
        """The files that it names."""
        return _FILE.findall(self.shown)


class Checklist:
    """`docs/<name>-checklist.md` with 36 points, and journeys that begin with a letter of their own."""

    def __init__(self, name: str, letter: str) -> None:
        self.letter = letter
        self.text = (ROOT / f"docs/{name}-checklist.md").read_text("utf-8")
        self.points = self._rows(r"\d+")
        self.journeys = self._rows(rf"{letter}\d+")

    def _rows(self, number: str) -> list[Row]:
        return [Row(*one) for one in re.findall(rf"^\| ({number}) \| ([^|]+) \| ([^|]+) \|$", self.text, re.MULTILINE)]

    def out_of_order(self, points: int, journeys: int) -> bool:
        """Whether a number is missing, stands twice or in the wrong place."""
        wanted = [str(number) for number in range(1, points + 1)]
        walked = [f"{self.letter}{number}" for number in range(1, journeys + 1)]
        return [one.number for one in self.points] != wanted or [one.number for one in self.journeys] != walked

    def not_shown(self) -> list[str]:
        """Those that name no file, and those that do not say what is missing."""
        rows = [*self.points, *self.journeys]
        found = [one.number for one in rows if not one.shown.startswith(_NOT_SHOWN) and not one.files]
        found += [one.number for one in rows if one.shown.startswith(_NOT_SHOWN) and len(one.shown) <= 20]
        return found + [one.number for one in rows if len(one.what) <= 10]

    def missing_files(self) -> set[str]:
        """Files that it names and that are not there."""
        return {path for path in _FILE.findall(self.text) if not (ROOT / path).is_file()}

    def missing_tests(self) -> list[str]:
        """Tests that it names and that are not there."""
        named = set(_TEST.findall(self.text))
        texts = {path: (ROOT / path).read_text("utf-8") for path, _ in named if (ROOT / path).is_file()}
        return sorted(f"{path}::{test}" for path, test in named if f"def {test}(" not in texts.get(path, ""))

    def without_test(self) -> list[str]:
        """Points that name neither a test nor a journey."""
        journey = re.compile(rf"`[^`]+` \({self.letter}\d")
        return [one.number for one in self.points if not _TEST.search(one.shown) and not journey.search(one.shown)]

    def walked(self) -> list[tuple[str, str]]:
        """(file, journey) wherever it says that a journey is walked."""
        said = re.findall(rf"`([^`]+)` \(({self.letter}[^)]+)\)", self.text)
        found = [(path, number.strip()) for path, all_of in said for number in all_of.split(",")]
        rows = [one for one in self.journeys if not one.shown.startswith(_NOT_SHOWN)]
        return found + [(one.files[0], one.number) for one in rows if one.files]

    def not_walked(self) -> list[str]:
        """Journeys whose file has no test of them."""
        return [
            f"{path} has no test of {number}"
            for path, number in self.walked()
            if not re.search(rf"def test_{number.lower()}_", (ROOT / path).read_text("utf-8"))
        ]
