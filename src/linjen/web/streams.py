"""One open page's stream: what it listens to, what waits to be sent, and how an event looks on the wire."""

from __future__ import annotations

import asyncio
import re
from typing import Literal
from uuid import UUID

from linjen.access.by import By

_MOST_WAITING = 500

Party = Literal["resident", "staff"]
#: What ends a line for the browser that reads a stream.
_LINE_END = re.compile(r"\r\n|\r|\n")


def frame(event: str, data: str, number: int | None = None) -> bytes:
    """One server-sent event; `number` becomes the browser's Last-Event-ID."""
    lines = "".join(f"data: {line}\n" for line in _LINE_END.split(data))
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {event}\n{lines}\n".encode()


class Stream:
    """One open page's way in: what it listens to and what waits to be sent."""

    __slots__ = ("by", "case_id", "closed", "ready", "seen_seq", "shown", "version", "view", "waiting")

    def __init__(
        self, by: By, case_id: UUID | None, seen_seq: int = 0, view: str = "unit", version: str | None = None
    ) -> None:
        self.by = by
        self.case_id = case_id
        self.seen_seq = seen_seq
        self.view = view
        #: Of a page apart from talk and ledger: what its reader had been told when it was opened.
        self.version = version
        self.shown: set[UUID] = set()
        self.waiting: list[bytes] = []
        self.ready = asyncio.Event()
        self.closed = False

    def put(self, data: bytes) -> None:
        """Queue bytes; a reader too slow to take them is closed and comes back by itself."""
        if len(self.waiting) >= _MOST_WAITING:
            self.closed = True
        else:
            self.waiting.append(data)
        self.ready.set()

    def close(self) -> None:
        """End the stream; what is queued is still sent."""
        self.closed = True
        self.ready.set()

    def end(self, name: str) -> None:
        """Say why nothing more comes ('gone' or 'signed_out') and end the stream."""
        if not self.closed:
            self.put(frame(name, ""))
            self.close()

    async def take(self) -> bytes:
        """What waits, joined; b'' when the stream is closed and empty."""
        while not self.waiting and not self.closed:
            self.ready.clear()
            await self.ready.wait()
        taken, self.waiting = self.waiting, []
        return b"".join(taken)
