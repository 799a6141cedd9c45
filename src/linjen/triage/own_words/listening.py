"""Reads texts for warning signs without holding up those who write: a process of its own, started when needed."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from linjen.core.errors import Unavailable

#: The longest round: a hundred of the longest messages, on a machine that is busy with everything else.
_WALL_S = 60.0
#: How far reading gives way to answering. Not far: where everything is busy, what alarms must still be heard within
#: seconds, and with 15 it was not.
NICE = 5
_LONGEST_LINE = 16 * 1000 * 1000


class Listener:
    """Hands texts to the listening process; one round at a time. A process that has died is started anew."""

    def __init__(self, nice: int = NICE) -> None:
        self._nice = nice
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, texts: Sequence[str]) -> list[dict[str, str]]:
        """For each text the finding codes that it speaks of, most urgent first, with the words that hit.

        Raises Unavailable("listening_process") when the process cannot be started or gave no answer; ask again later.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(_WALL_S):
                    return await self._ask(texts)
            except (OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
                await self._end()
                raise Unavailable("listening_process") from error
            except asyncio.CancelledError:  # else the next would be given the answer that nobody waits for any more
                await self._end()
                raise

    async def _ask(self, texts: Sequence[str]) -> list[dict[str, str]]:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(msgspec.json.encode(list(texts)) + b"\n")
        await process.stdin.drain()
        answer = msgspec.json.decode(await process.stdout.readline(), type=list[dict[str, str]])
        if len(answer) != len(texts):
            raise ValueError("as many answers as texts")
        return answer

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "linjen.triage.own_words.listening_process", str(self._nice)),
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, limit=_LONGEST_LINE,
            )  # fmt: skip
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        """End the process."""
        await self._end()
