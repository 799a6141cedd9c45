"""Trials that take longer than a page: all vignettes and stored interviews with two versions, in parts, remembered.

They run beside the requests on the node that was asked; a page waits a moment for them, and then says how far they
have come. What they came to is remembered by the versions' hashes. Nothing of it is written down.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from linjen.core.errors import LinjenError
from linjen.core.logs import get_log

log = get_log(__name__)

_KEPT = 20
#: A page is answered after this even when the trial is not done.
_PATIENCE_S = 8.0


@dataclass
class Trial:
    """One trial. `found` grows while it goes on; `fault` is the reason why it could not be ended."""

    total: int = 0
    done: int = 0
    found: list[Any] = field(default_factory=list)
    fault: str = ""
    is_done: bool = False
    task: asyncio.Task[None] | None = None


class Trials:
    """The trials of this node, the latest few."""

    def __init__(self) -> None:
        self._trials: OrderedDict[tuple[str, ...], Trial] = OrderedDict()

    async def get(self, key: tuple[str, ...], work: Callable[[Trial], Awaitable[None]]) -> Trial:
        """The trial with this key, begun when there is none (or it failed), after waiting for it a moment."""
        trial = self._trials.get(key)
        if trial is None or trial.fault:
            trial = self._trials[key] = Trial()
            trial.task = asyncio.create_task(_done(trial, work))
        self._trials.move_to_end(key)
        while len(self._trials) > _KEPT:
            _, gone = self._trials.popitem(last=False)
            if gone.task is not None:
                gone.task.cancel()
        if trial.task is not None and not trial.is_done:
            await asyncio.wait([trial.task], timeout=_PATIENCE_S)
        return trial

    def forget(self, key: tuple[str, ...]) -> None:
        """Let a trial that is done be made anew."""
        trial = self._trials.get(key)
        if trial is not None and trial.is_done:
            del self._trials[key]

    def find(self, key: tuple[str, ...]) -> Trial | None:
        """The trial with this key, if it has been begun."""
        return self._trials.get(key)

    async def close(self) -> None:
        """Stop them all."""
        tasks = [trial.task for trial in self._trials.values() if trial.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _done(trial: Trial, work: Callable[[Trial], Awaitable[None]]) -> None:
    try:
        await work(trial)
    except LinjenError as error:
        trial.fault = error.reason
    except Exception as error:  # a defect must not leave a page that waits for ever
        log.error("trial_failed", exc_info=error)
        trial.fault = "defect"
    trial.is_done = True
