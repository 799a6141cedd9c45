"""Rate limits: how often one address may do what costs or can be misused, with an honest time to wait."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from litestar import Request

from linjen.core.errors import LinjenError

#: name -> (how many, in how many seconds), per address or person; see docs/operate.md.
LIMITS = {
    "sign_in": (30, 60),
    "staff_sign_in": (30, 60),
    "message": (60, 60),
    "picture": (20, 60),
    "support": (10, 600),
    "new_case": (20, 3600),
    "paper": (10, 60),
    "patient_search": (60, 600),
    "ledger_search": (120, 60),
}
#: Counted by person instead of by address.
PER_PERSON = frozenset({"message", "picture", "new_case", "paper", "patient_search", "ledger_search"})
_MOST_KEYS = 50_000


class TooOften(LinjenError):
    """More often than the limit; `retry_after_s` says when it works again."""


class _Buckets:
    """Token buckets by key, the least used forgotten first."""

    def __init__(self) -> None:
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, name: str, key: str) -> None:
        many, seconds = LIMITS[name]
        at = time.monotonic()
        left, since = self._left.pop((name, key), (float(many), at))
        left = min(float(many), left + (at - since) * many / seconds)
        if left < 1:
            self._left[name, key] = (left, at)
            raise TooOften("too_often", retry_after_s=int((1 - left) * seconds / many) + 1)
        self._left[name, key] = (left - 1, at)
        while len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)


_buckets = _Buckets()


def check(name: str, request: Request[Any, Any, Any]) -> None:
    """Count one use by the asking address; raises TooOften. An empty name is not limited.

    Many homes can share an address: a limit on what only a signed-in person can do counts by person (`per_person`).
    """
    if name and name not in PER_PERSON:
        take(name, request.client.host if request.client else "")


def check_person(name: str, person: str) -> None:
    """Count one use by the signed-in person, where the limit is one of those; raises TooOften."""
    if name in PER_PERSON:
        take(name, person)


def take(name: str, key: str) -> None:
    """Count one use by `key`; raises TooOften."""
    _buckets.take(name, key)


def forget() -> None:
    """Begin anew; for tests."""
    _buckets._left.clear()
