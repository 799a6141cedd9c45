"""Shares with Wilson's 95 % interval, which stays honest where few were counted."""

from __future__ import annotations

import math

import msgspec

_Z = 1.959964  # 97.5 % of the normal distribution


class Share(msgspec.Struct, frozen=True):
    """`hits` of `of`, as a part of 1 with its interval; everything is 0 to 1 when nothing was counted."""

    hits: int
    of: int
    part: float
    low: float
    high: float

    def __str__(self) -> str:
        if not self.of:
            return "–"
        return f"{self.part * 100:.1f} % ({self.low * 100:.1f}–{self.high * 100:.1f})"


def wilson(hits: int, of: int) -> Share:
    """The share with its interval (Wilson 1927)."""
    if not of:
        return Share(0, 0, 0.0, 0.0, 1.0)
    part, z2 = hits / of, _Z * _Z
    middle = (part + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(part * (1 - part) / of + z2 / (4 * of * of))
    return Share(hits, of, part, max(0.0, middle - half), min(1.0, middle + half))
