"""The way to PostgreSQL: one pool of connections, transactions, and an unreachable server told as Unavailable."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import asyncpg
import msgspec

from linjen.core.connection import Connection, Row
from linjen.core.errors import Unavailable
from linjen.core.events import Event, pending

__all__ = ["Connection", "Database", "Row"]

#: Seconds that anybody waits for a connection, where the program is not told otherwise.
WAIT_S: Final = 2.0
#: Our statements are few and fixed, so one plan each serves (planning the message statement anew took 2 ms).
_SERVER_SETTINGS = {"application_name": "linjen", "jit": "off", "plan_cache_mode": "force_generic_plan"}
_COMMAND_S = 10.0
_GONE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server was killed in the middle of an answer
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


class _PlainConnection(asyncpg.Connection):
    """Sends no reset query on release: we keep no session state on pooled connections (it cost a round trip each)."""

    def get_reset_query(self) -> str:
        return ""


async def _init(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda v: b"\x01" + msgspec.json.encode(v),
        decoder=lambda b: msgspec.json.decode(b[1:]), format="binary",
    )  # fmt: skip


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, dsn: str, *, size: int = 10, wait_s: float = WAIT_S) -> None:
        """`size`: connections at the most; `wait_s`: how long anybody waits for one, new or free."""
        self.dsn = dsn
        self._size = size
        self._wait_s = wait_s
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()
        self._stands_still = False
        self._waiting: set[asyncio.Timeout] = set()
        #: Told of the events of each committed transaction; set by the roof to the hub's `publish`.
        self.on_commit: Callable[[Sequence[Event]], None] | None = None

    async def open(self) -> None:
        """Connect; raises Unavailable when the server cannot be reached within `wait_s`."""
        async with self._opening:
            if self._pool is not None:
                return
            pool = asyncpg.create_pool(
                self.dsn, min_size=1, max_size=self._size, connection_class=_PlainConnection, init=_init,
                command_timeout=_COMMAND_S, timeout=self._wait_s, max_inactive_connection_lifetime=300,
                server_settings=_SERVER_SETTINGS,
            )  # fmt: skip
            with _told_as_unavailable():
                self._pool = await pool

    async def close(self) -> None:
        """Close every connection; those still busy after 5 s are cut."""
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        try:
            await asyncio.wait_for(pool.close(), 5)
        except TimeoutError:
            pool.terminate()

    def stand_still(self, stands: bool) -> None:
        """Told by core/pulse.py: while the server answers nobody, who waits for it is told so, and who comes too."""
        self._stands_still = stands
        if stands:
            for waiting in self._waiting:
                waiting.reschedule(0)

    def _give_up(self, connection: Connection) -> bool:
        """Where the server stands still a connection is cut: it would answer a rollback as little."""
        if self._stands_still:
            connection.terminate()
        return self._stands_still

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool, without a transaction; waits at most `wait_s` for one."""
        if self._stands_still:
            raise Unavailable("database_unreachable", why="stands_still")
        if self._pool is None:
            await self.open()
        assert self._pool is not None  # noqa: S101 - open() either set it or raised
        with _told_as_unavailable():
            connection = await self._pool.acquire(timeout=self._wait_s)
        try:
            with _told_as_unavailable():
                async with asyncio.timeout(None) as waiting:
                    self._waiting.add(waiting)
                    try:
                        yield connection
                    finally:
                        self._waiting.discard(waiting)
        finally:
            self._give_up(connection)
            with contextlib.suppress(*_GONE):
                await self._pool.release(connection, timeout=self._wait_s)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside one transaction: committed at the end, rolled back on any error.

        Events recorded in it reach `on_commit` after the commit, and never without one.
        """
        waiting: list[Event] = []
        token = pending.set(waiting)
        try:
            async with self._transaction() as connection:
                yield connection
        finally:
            pending.reset(token)
        if waiting and self.on_commit is not None:
            self.on_commit(waiting)

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        async with self.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield connection
            except BaseException:
                if not self._give_up(connection):
                    with contextlib.suppress(*_GONE):
                        await transaction.rollback()
                raise
            await transaction.commit()

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        """All rows of one statement of its own."""
        async with self.connection() as connection:
            return await connection.fetch(sql, *args)

    async def fetch_row(self, sql: str, *args: object) -> Row | None:
        """The first row of one statement of its own, or None."""
        async with self.connection() as connection:
            return await connection.fetchrow(sql, *args)

    async def fetch_value(self, sql: str, *args: object) -> Any:
        """The first column of the first row, or None."""
        async with self.connection() as connection:
            return await connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> str:
        """Run one statement of its own; the command tag, for example 'UPDATE 1'."""
        async with self.connection() as connection:
            return await connection.execute(sql, *args)

    def pool_figures(self) -> tuple[int, int, int]:
        """Connections open, those of them that are free, and the most there may be: for the metrics."""
        size, idle = (self._pool.get_size(), self._pool.get_idle_size()) if self._pool else (0, 0)
        return size, idle, self._size


@contextlib.contextmanager
def _told_as_unavailable() -> Any:
    try:
        yield
    except _GONE as error:
        raise Unavailable("database_unreachable", why=type(error).__name__) from error
