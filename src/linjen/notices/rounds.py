"""A sender's rounds: once a second, at once while there is much, and no trouble of one round stops the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from linjen.core.errors import LinjenError
from linjen.core.logs import get_log

log = get_log(__name__)

_EVERY_S: Final = 1.0


async def go_round(step: Callable[[], Awaitable[int]], full: int, stopping: asyncio.Event, failed: str) -> None:
    """Call `step` until `stopping`; one that has done `full` may have left some. `failed` is the log's word."""
    while not stopping.is_set():
        try:
            while await step() >= full and not stopping.is_set():
                pass
        except LinjenError as error:
            log.warning(failed, reason=error.reason)
        except Exception as error:  # the rows are there, and the next round looks again
            log.error(failed, reason="defect", exc_info=error)
        try:
            await asyncio.wait_for(stopping.wait(), _EVERY_S)
        except TimeoutError:
            continue
