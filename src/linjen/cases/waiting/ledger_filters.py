"""Filter: which rows of the ledger a person wants to see just now; fixed words alone, so that they may stand in an
address and in a saved view.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from linjen.cases.waiting.ledger import LedgerRow
from linjen.cases.waiting.turn import is_late, is_over
from linjen.core import clock
from linjen.core.personal_number import age_years

#: Name of a filter -> the values that it knows; those of one name are alternatives, different names all count.
KNOWN: dict[str, tuple[str, ...]] = {
    "level": ("1", "2", "3", "4", "5"),
    "entry": ("symptom", "admin"),
    "age": ("child", "adult"),
    "turn": ("staff", "resident"),
    "only": ("unread", "picture", "over"),
}

#: Below this age, in years, a patient is a child in the filter.
_ADULT = 18


class Filters(msgspec.Struct, frozen=True):
    """The chosen (name, value) pairs, in the order of KNOWN; none chosen means all rows."""

    chosen: tuple[tuple[str, str], ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """What is chosen under a name."""
        return tuple(value for one, value in self.chosen if one == name)

    @property
    def query(self) -> str:
        """As the part of an address after the question mark."""
        return urlencode(self.chosen)

    def admits(self, row: LedgerRow, at: datetime) -> bool:
        """Whether the row is wanted at an instant. Of "only" all that is chosen must be so."""
        facts = _facts(row, at)
        if any(not facts["only"] >= {value} for value in self.values("only")):
            return False
        return all(not (wanted := self.values(name)) or facts[name] & set(wanted) for name in KNOWN if name != "only")


def _facts(row: LedgerRow, at: datetime) -> dict[str, set[str]]:
    waited = (at - row.waiting_since).total_seconds()
    late = is_over(row.priority, waited, row.deadline) or is_late(row.priority, waited, row.deadline)
    so = {"unread": row.unread > 0, "picture": row.pictures > 0, "over": row.has_deadline and late}
    return {
        "level": {str(row.priority)}, "entry": {row.entry}, "turn": {row.turn},
        "age": {"child" if age_years(row.birth_on, clock.local_date(at)) < _ADULT else "adult"},
        "only": {name for name, is_so in so.items() if is_so},
    }  # fmt: skip


def read_filters(pairs: Iterable[tuple[str, str]]) -> Filters:
    """Those of the pairs that are filters; what is unknown is left out."""
    asked = set(pairs)
    return Filters(tuple((name, value) for name, values in KNOWN.items() for value in values if (name, value) in asked))
