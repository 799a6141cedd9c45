"""What many pages ask for and changes slowly: worked out once, and used again for a while, apart for each database."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from linjen.core.database import Database

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Values by key, each at most `fresh_s` seconds old."""

    def __init__(self, fresh_s: float) -> None:
        self._fresh_s = fresh_s
        self._known: WeakKeyDictionary[Database, dict[Key, tuple[float, Value]]] = WeakKeyDictionary()

    async def get(self, database: Database, key: Key, work_out: Callable[[], Awaitable[Value]]) -> Value:
        """The value that is known, or what `work_out` gives now."""
        known = self._known.setdefault(database, {})
        found = known.get(key)
        if found is None or time.monotonic() >= found[0]:
            value = await work_out()
            found = known[key] = (time.monotonic() + self._fresh_s, value)
        return found[1]
