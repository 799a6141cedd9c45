"""The independent SMSC of tests/counterparts, started for a test: told what to do, and asked what it took."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from tests.integrations.siths_journeys import COUNTERPARTS, node_program

LOGIN = ("linjen", "secret")


class Smsc:
    """A running SMSC: `port`, and the messages that it took, in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.port = 0
        self.taken: list[dict[str, Any]] = []
        self._news = asyncio.Event()

    def mishap(self, **what: object) -> None:
        """What the next message meets; see smsc.mjs."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what).encode() + b"\n")

    async def listen(self) -> None:
        """Collect what it says."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            self.port = said.get("port", self.port)
            if "id" in said:
                self.taken.append(said)
            self._news.set()

    async def until(self, count: int) -> list[dict[str, Any]]:
        """The messages, when there are so many."""
        async with asyncio.timeout(10):
            while len(self.taken) < count or not self.port:
                self._news.clear()
                await self._news.wait()
        return self.taken


@contextlib.asynccontextmanager
async def smsc() -> AsyncIterator[Smsc]:
    """npm smpp on a free port of this machine."""
    process = await asyncio.create_subprocess_exec(
        node_program(), str(COUNTERPARTS / "smsc.mjs"), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    one = Smsc(process)
    one.mishap(systemId=LOGIN[0], password=LOGIN[1])
    listening = asyncio.create_task(one.listen())
    try:
        await one.until(0)
        yield one
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), timeout=10)
        await listening
