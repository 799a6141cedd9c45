"""A line to another system that says what a test tells it, and notes what it was asked."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from linjen.integrations.http_line import Answer


class Asked(msgspec.Struct, frozen=True):
    """One request."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    repeatable: bool


class Said:
    """Answers every question with the same answer, or the same error."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.asked: list[Asked] = []
        self._answer = answer

    async def ask(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None,
        repeatable: bool = False, read: bool = True,
    ) -> Answer:  # fmt: skip
        """As `Line.ask`."""
        self.asked.append(Asked(method, url, body, headers or {}, repeatable))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer if read else msgspec.structs.replace(self._answer, body=b"")

    async def close(self) -> None:
        """Nothing is open."""
