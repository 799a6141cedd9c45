"""The written lines that own words are measured by, and the interval of a share."""

from __future__ import annotations

import csv
import math
from pathlib import Path

_DATA = Path(__file__).parent / "data"


def read_lines(name: str) -> list[dict[str, str]]:
    """The rows of tests/rules/data/<name>.tsv."""
    with (_DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (both ends 0..1)."""
    z = 1.959964
    share = hits / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)
    return round(max(low, 0.0), 3), round(min(high, 1.0), 3)
