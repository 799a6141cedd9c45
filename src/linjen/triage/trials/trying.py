"""Tries versions without holding up those who write: a process of its own, started when needed, ended when idle."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

import linjen
from linjen.core.errors import Invalid, Unavailable
from linjen.triage.checking.lint_file import Problem
from linjen.triage.trials.trial import Difference, Ended
from linjen.triage.trials.trying_process import (
    Check,
    Concerned,
    Keep,
    Replay,
    Reply,
    Request,
    Stored,
    Try,
    Unknown,
    framed,
)

#: The longest single request: a check, or a batch, on a machine that is busy with everything else.
_WALL_S = 60.0
#: It holds some 60 MB, and is seldom needed.
_IDLE_S = 600.0
_CHECKS_KEPT = 50
#: How far trying gives way: who edits the triage can wait, who is ill cannot.
NICE = 10
_START = "import sys; sys.path.insert(0, sys.argv[1]); from linjen.triage.trials.trying_process import main; main()"
Files = Mapping[str, bytes]


class Trier:
    """Hands versions to the trying process; one request at a time. A process that has died is started anew."""

    def __init__(self, nice: int = NICE) -> None:
        self._nice = nice
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        self._checked: OrderedDict[str, list[Problem]] = OrderedDict()

    async def check(self, sha256: str, files: Files) -> list[Problem]:
        """What the linter says of a version, by file and line. Raises Unavailable("trying_process")."""
        if sha256 not in self._checked:
            self._checked[sha256] = (await self._ask(Check(sha256), {sha256: files})).problems
            while len(self._checked) > _CHECKS_KEPT:
                self._checked.popitem(last=False)
        return self._checked[sha256]

    async def concerned(self, before: tuple[str, Files], after: tuple[str, Files], reasons: Iterable[str]) -> list[str]:
        """The ids of the vignettes in which one of these contact reasons can take part; versions are (hash, files).

        Raises as `differences`.
        """
        return (await self._ask(Concerned(before[0], after[0], sorted(reasons)), dict([before, after]))).ids

    async def differences(
        self, before: tuple[str, Files], after: tuple[str, Files], ids: Sequence[str]
    ) -> list[Difference]:
        """Of these vignettes those that end otherwise with `after`.

        Raises Invalid("bad_protocol") with `why` for a version that cannot be used, Unavailable("trying_process").
        """
        return (await self._ask(Try(before[0], after[0], list(ids)), dict([before, after]))).differences

    async def replay(self, version: tuple[str, Files], interviews: Sequence[Stored]) -> list[Ended]:
        """How stored interviews end with a version, in their order. Raises as `differences`."""
        return (await self._ask(Replay(version[0], list(interviews)), dict([version]))).ended

    async def _ask(self, request: Request, versions: Mapping[str, Files]) -> Reply:
        async with self._turn:
            try:
                async with asyncio.timeout(_WALL_S):
                    reply = await self._asked(request, versions)
            except (OSError, TimeoutError, ValueError, EOFError, msgspec.DecodeError) as error:
                await self._end()
                raise Unavailable("trying_process") from error
            except asyncio.CancelledError:
                await self._end()
                raise
            self._rest()
        if reply.unusable:
            raise Invalid("bad_protocol", why=reply.unusable)
        return reply

    async def _asked(self, request: Request, versions: Mapping[str, Files]) -> Reply:
        reply = await self._exchange(request)
        while isinstance(reply, Unknown):
            await self._exchange(Keep(reply.sha256, dict(versions[reply.sha256])))
            reply = await self._exchange(request)
        return reply

    async def _exchange(self, request: Request) -> Reply | Unknown:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(framed(msgspec.msgpack.encode(request)))
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(4), "big")
        return msgspec.msgpack.decode(await process.stdout.readexactly(length), type=Reply | Unknown)

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            source = str(Path(linjen.__file__).parents[1])
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _START, source, str(self._nice)),
                stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={},
            )  # fmt: skip
        return self._process

    def _rest(self) -> None:
        """Let the process go when nobody has asked for a while."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self._tire)

    def _tire(self) -> None:
        self._ending = asyncio.ensure_future(self._end_when_free())

    async def _end_when_free(self) -> None:
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        """End the process."""
        if self._idle is not None:
            self._idle.cancel()
        await self._end()
