"""I en egen process: one piece of work on what people have sent, apart from our memory, our keys and our environment.

The program that is started (`python -I -m MODULE`) reads the work from standard input and writes its answer to standard
output; how little it may do is its own business (see media/decoding_process.py).
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from weakref import WeakKeyDictionary

import msgspec

from linjen.core.errors import Unavailable


class Outcome(msgspec.Struct, frozen=True):
    """How the process ended and what it said; `code` is negative for a signal, None when its time was up."""

    code: int | None
    answer: bytes


class _Places:
    """Who works and who waits, for one event loop."""

    def __init__(self, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self.present = 0


class Desk:
    """So many processes at a time for one kind of work, and a short queue before them."""

    def __init__(self, name: str, at_once: int) -> None:
        self._name = name
        self._at_once = at_once
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, _Places] = WeakKeyDictionary()

    async def run(self, module: str, work: bytes, *, wall_s: float, longest: int, waiting: int) -> Outcome:
        """The outcome of `module` for this work. `wall_s` is its time in seconds, `longest` the most bytes that an
        honest answer has, `waiting` how many others may wait for their turn.

        Raises Unavailable('NAME_queue_full') and Unavailable('NAME_no_process').
        """
        places = self._places.setdefault(asyncio.get_running_loop(), _Places(self._at_once))
        if places.present >= self._at_once + waiting:
            raise Unavailable(f"{self._name}_queue_full")
        places.present += 1
        try:
            async with places.free:
                return await self._run(module, work, wall_s, longest)
        finally:
            places.present -= 1

    async def _run(self, module: str, work: bytes, wall_s: float, longest: int) -> Outcome:
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", module),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={},  # the environment may hold the master key's place and the database's address
            )
        except OSError as error:
            raise Unavailable(f"{self._name}_no_process") from error
        try:
            async with asyncio.timeout(wall_s):
                _, answer = await asyncio.gather(_feed(process, work), _take(process, longest))
                return Outcome(await process.wait(), answer)
        except TimeoutError:
            return Outcome(None, b"")
        finally:
            await _end(process)


async def _end(process: Process) -> None:
    """Leave no process behind, also when the request was given up half-way."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _feed(process: Process, work: bytes) -> None:
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - asked for above; tells the type checker
    with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before it has read everything
        pipe.write(work)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


async def _take(process: Process, longest: int) -> bytes:
    """What the process answers, but never more than an honest one would."""
    pipe = process.stdout
    assert pipe is not None  # noqa: S101 - asked for above; tells the type checker
    answer = bytearray()
    while chunk := await pipe.read(1 << 16):
        answer += chunk
        if len(answer) > longest:
            process.kill()
            return b""
    return bytes(answer)
