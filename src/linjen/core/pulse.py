"""Whether the database answers at all: who waits for one that stands still is told so within three seconds.

A slow statement is let run. Only when a connection of its own gets no answer to `select 1` is everything that waits
told that the database cannot be reached, and what comes meanwhile at once. A machine that is busy with everything
else (tests, a restore) may ask for more patience.
"""

from __future__ import annotations

import asyncio
import contextlib

import asyncpg

from linjen.core.database import Database
from linjen.core.logs import get_log

log = get_log(__name__)

_EVERY_S = 0.5
#: A moment more than the patience, since it may be this program that was busy.
_MOMENT_S = 0.2
_CONNECT_S = 10.0


class Pulse:
    """Asks the database twice a second whether it answers; no answer within `patience_s` is standing still."""

    def __init__(self, database: Database, patience_s: float) -> None:
        self._database = database
        self._patience_s = patience_s
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def run(self) -> None:
        """For as long as the program runs."""
        try:
            while True:
                await asyncio.sleep(_EVERY_S)
                await self._feel()
        finally:
            if self._connection is not None:
                self._connection.terminate()

    async def _feel(self) -> None:
        beat = asyncio.create_task(self._beat())
        try:
            for patience in (self._patience_s, _MOMENT_S):
                await asyncio.wait({beat}, timeout=patience)
            if not beat.done():
                log.warning("database_stands_still")
                self._database.stand_still(True)
                await asyncio.wait({beat})
            self._database.stand_still(beat.result() == "hangs")
        finally:
            beat.cancel()

    async def _beat(self) -> str:
        """'answers', 'hangs' when it does not even take a connection, or 'fails': then whoever asks is told as ever."""
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._database.dsn, timeout=_CONNECT_S)
            await self._connection.fetchval("select 1")
        except TimeoutError:
            return "hangs"
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._connection.terminate()
            self._connection = None
            return "fails"
        return "answers"
