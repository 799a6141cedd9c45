"""Turordning: who is next in the ledger, so that the most urgent come first and nobody is passed over for ever.

By level first. Each level has a deadline, counted from when the case entered the queue; a case of level 3–5 whose
deadline has passed joins the band "Över tiden", right under level 2, and keeps its level. There the one that has used
the most of its own deadline comes first, so that level 3 after two days and level 4 after two weeks are equals.

Where more come than can be met, day after day, all wait longer and no order helps: that is what load alarms are for.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from linjen.cases.levels import URGENT

#: Minutes within which a case of each level should be met, where its unit has not decided otherwise. Level 1 is at
#: once; level 5 is somebody who was given advice and asked for a person all the same: the same day, as a courtesy.
DEADLINES: Mapping[int, int] = MappingProxyType({1: 5, 2: 2 * 60, 3: 24 * 60, 4: 7 * 24 * 60, 5: 24 * 60})


Place = tuple[float, float]


def used(waited_s: float, minutes: int) -> float:
    """How much of a deadline has been used: 0.5 is half of it, above 1 it has passed."""
    return max(0.0, waited_s) / (minutes * 60)


def is_over(level: int, waited_s: float, minutes: int) -> bool:
    """Whether the case stands in the band "Över tiden"."""
    return level > URGENT and used(waited_s, minutes) > 1


def is_late(level: int, waited_s: float, minutes: int) -> bool:
    """Whether a case of level 2 has waited too long. It stands at the top already; who sees it must be told so."""
    return level == URGENT and used(waited_s, minutes) > 1


def place(level: int, waited_s: float, minutes: int) -> Place:
    """Where a waiting case stands: a smaller place is offered first. `waited_s` in seconds, the deadline in minutes."""
    band = URGENT + 0.5 if is_over(level, waited_s, minutes) else float(level)
    return band, -used(waited_s, minutes)


#: The deadlines as rows for SQL: `unit_deadlines` where a unit has decided, else these.
DEADLINES_SQL = "(values " + ", ".join(f"({level}, {minutes})" for level, minutes in DEADLINES.items()) + ")"


def place_sql(*, level: str, since: str, minutes: str, at: str) -> str:
    """`place` as an ORDER BY of two columns, of SQL expressions: a level, two instants and the deadline in minutes."""
    share = f"(extract(epoch from {at} - {since})::float8 / ({minutes} * 60))"
    band = f"case when {level} > {URGENT} and {share} > 1 then {URGENT + 0.5}::float8 else {level} end"
    return f"{band}, {share} desc"
