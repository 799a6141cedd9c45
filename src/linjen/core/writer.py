"""Group commit: what many people write in the same instant goes into one transaction, without waiting for more.

The commit is the cost of a small write, so one writer takes whatever is waiting when it becomes free. When nobody
else waits, an item is written at once; under load a batch holds many (house rule 8).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from linjen.core.errors import LinjenError, Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 400
_MOST_WAITING = 10_000


class GroupWriter(Generic[Item, Result]):
    """Hands waiting items to `write` in batches; `write` returns one result for each item, in order, after commit.

    A LinjenError among the results is raised to that item's sender alone: it was refused, and the others are written.
    If a batch fails, its items are written one by one, so that one bad item cannot take others with it.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result | LinjenError]]]) -> None:
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """A future that ends after the item's commit, or with the error that stopped it."""
        if len(self._waiting) >= _MOST_WAITING:
            raise Unavailable("writer_overloaded")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return future

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._write_batch(batch)
        finally:
            self._task = None
            if self._waiting:
                self._task = asyncio.create_task(self._run())

    async def _write_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._write([item for item, _ in batch])
        except Exception as error:
            if len(batch) == 1 or isinstance(error, Unavailable):
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                return
            for one in batch:
                await self._write_batch([one])
            return
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, LinjenError):
                future.set_exception(result)
            else:
                future.set_result(result)
