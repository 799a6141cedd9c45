"""Conditions that can never hold: number limits of one code, joined by `and`, that no number meets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from linjen.triage.content.condition import AtLeast, Compare, Node, Not

#: What `not` makes of a comparison, for a number that is known.
_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">"}


def contradictions(node: Node) -> Iterator[str]:
    """What is said of each pair of limits in a condition that no number can meet together."""
    if isinstance(node, Not):
        yield from contradictions(node.part)
    if not isinstance(node, AtLeast):
        return
    parts = list(_joined(node))
    limits = [limit for part in parts if (limit := _limit(part))] if _is_and(node) else []
    for (one, first), (other, second) in combinations(limits, 2):
        # A number that is not known meets `not x >= 8` and `not x < 9`, so one of the two must ask for a known one.
        known = isinstance(first, Compare) or isinstance(second, Compare)
        if known and one.code == other.code and not _meet(one, other):
            yield f"{_said(first)} and {_said(second)} never hold together"
    for part in parts:
        yield from contradictions(part)


def _joined(node: AtLeast) -> Iterator[Node]:
    """The parts of a condition, with those of an `and` within an `and` drawn up to it."""
    for part in node.parts:
        if _is_and(node) and isinstance(part, AtLeast) and _is_and(part):
            yield from _joined(part)
        else:
            yield part


def _is_and(node: AtLeast) -> bool:
    return node.least == len(node.parts)


def _limit(part: Node) -> tuple[Compare, Node] | None:
    """A part as a limit of a number, with how it was written; None for anything else."""
    if isinstance(part, Compare):
        return part, part
    if isinstance(part, Not) and isinstance(part.part, Compare) and part.part.sign in _OPPOSITE:
        return Compare(part.part.code, _OPPOSITE[part.part.sign], part.part.limit), part
    return None


def _meet(one: Compare, other: Compare) -> bool:
    """Whether a number meets both limits."""
    low = max((_low(one), _low(other)))
    high = min((_high(one), _high(other)))
    return low[0] < high[0] or (low[0] == high[0] and not low[1] and not high[1])


def _low(limit: Compare) -> tuple[float, int]:
    """The least number that meets a limit, and 1 when it does not meet it itself."""
    return (limit.limit, int(limit.sign == ">")) if limit.sign in {">", ">=", "=="} else (float("-inf"), 0)


def _high(limit: Compare) -> tuple[float, int]:
    """The largest number that meets a limit, and -1 when it does not meet it itself."""
    return (limit.limit, -int(limit.sign == "<")) if limit.sign in {"<", "<=", "=="} else (float("inf"), 0)


def _said(part: Node) -> str:
    if isinstance(part, Not):
        return f"not {_said(part.part)}"
    return f"{part.code} {part.sign} {part.limit:g}" if isinstance(part, Compare) else ""
