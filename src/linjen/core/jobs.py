"""Outgoing work as rows: claimed by a worker, tried again with longer and longer waits, held and shown when given up.

pgqueuer does the claiming, the heartbeats and the waiting; this file is the only one that knows it. A job holds keys
and ids, never texts, and may be run more than once: whoever writes one makes a second run harmless. Work is never
enqueued in the transaction of a message, since every enqueueing statement rings PostgreSQL's bell.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from linjen.core.database import Connection, Database
from linjen.core.errors import LinjenError
from linjen.core.logs import get_log

if TYPE_CHECKING:
    from pgqueuer.adapters.persistence.qb import DBSettings
    from pgqueuer.domain.models import Job
    from pgqueuer.qm import QueueManager

log = get_log(__name__)

_KEPT = timedelta(days=30)
_AGAIN_S = 2.0
Work = Callable[[dict[str, Any]], Awaitable[None]]


class GivenUp(LinjenError):
    """A job has failed for the last time and is held."""


class Wanted(msgspec.Struct, frozen=True):
    """One job to be done. While a job with the same `key` waits or runs, the same wish is not written again."""

    name: str
    data: dict[str, Any]
    key: str | None = None
    after_s: float = 0


class Kind(msgspec.Struct, frozen=True):
    """How one kind of job is done: at most `tries` times, waiting `first_s`, then twice that, up to `longest_s`."""

    work: Work
    tries: int
    first_s: float
    longest_s: float

    def wait_s(self, tries_before: int, spread: int) -> float:
        """Seconds before the next try; `spread` (any number) keeps many that failed together from coming together."""
        return float(min(self.first_s * 2**tries_before, self.longest_s)) * (1 + spread % 10 / 20)


class Held(msgspec.Struct, frozen=True):
    """A job that was given up: for the eyes of an administrator."""

    id: int
    name: str
    data: dict[str, Any]
    tries: int
    since: datetime


@cache
def _settings() -> DBSettings:
    """Every name said here, so that no variable of the environment can point pgqueuer elsewhere."""
    from pgqueuer.domain.settings import DBSettings  # noqa: PLC0415 - heavy, and needed only where work is done
    from pgqueuer.domain.types import Channel  # noqa: PLC0415

    return DBSettings(
        prefix="", db_schema=None, channel=Channel("linjen_jobs"), function="tell_of_jobs", trigger="tell_of_jobs",
        queue_table="jobs", queue_table_log="jobs_log", queue_status_type="job_status",
        statistics_table="jobs_statistics", schedules_table="jobs_schedules",
    )  # fmt: skip


def install_sql() -> str:
    """pgqueuer's own installation for our names; migration 0002 holds it, and a test compares the two."""
    from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment  # noqa: PLC0415

    return QueryBuilderEnvironment(_settings()).build_install_query(create_schema=False)


@cache
def _enqueue_sql() -> str:
    from pgqueuer.adapters.persistence.qb import QueryQueueBuilder  # noqa: PLC0415

    return QueryQueueBuilder(_settings()).build_enqueue_query("skip")


async def enqueue(db: Connection, wanted: Sequence[Wanted]) -> int:
    """Write jobs in the caller's transaction, with it or not at all; how many were new."""
    if not wanted:
        return 0
    rows = await db.fetch(
        _enqueue_sql(),
        [0] * len(wanted), [one.name for one in wanted], [msgspec.json.encode(one.data) for one in wanted],
        [timedelta(seconds=one.after_s) for one in wanted], [one.key for one in wanted], [None] * len(wanted),
    )  # fmt: skip
    return len(rows)


async def count_jobs(db: Connection) -> dict[str, int]:
    """How many jobs wait, run and are held."""
    rows = await db.fetch("select status::text as state, count(*) from jobs group by 1")
    found = {row["state"]: row["count"] for row in rows}
    return {"waiting": found.get("queued", 0), "running": found.get("picked", 0), "held": found.get("failed", 0)}


async def list_held(db: Connection) -> list[Held]:
    """What was given up, the newest first, at most 200."""
    rows = await db.fetch("select * from jobs where status = 'failed' order by updated desc limit 200")
    return [
        Held(row["id"], row["entrypoint"], msgspec.json.decode(row["payload"]), row["attempts"] + 1, row["updated"])
        for row in rows
    ]


async def try_again(db: Connection, job_id: int) -> bool:
    """Let a held job begin anew; False when it is not held any more."""
    done = await db.execute(
        "update jobs set status = 'queued', execute_after = now(), updated = now(), attempts = 0,"
        " queue_manager_id = null where id = $1 and status = 'failed'", job_id,
    )  # fmt: skip
    return bool(done == "UPDATE 1")


async def sweep_jobs(database: Database) -> None:
    """Forget what is known of jobs that ended more than 30 days ago; held ones stay."""
    for table in ("jobs_log", "jobs_statistics"):
        await database.execute(f"delete from {table} where created < now() - $1::interval", _KEPT)


class Worker:
    """Does the jobs of the kinds it was told of, `most` at the same time, until it is stopped."""

    def __init__(self, dsn: str, *, most: int = 8, heartbeat_s: float = 30.0) -> None:
        self._dsn = dsn
        self._most = most
        self._heartbeat = timedelta(seconds=heartbeat_s)
        self._kinds: dict[str, Kind] = {}
        self._stopping = asyncio.Event()
        self._manager: QueueManager | None = None

    def add(self, name: str, work: Work, *, tries: int = 8, first_s: float = 2.0, longest_s: float = 900.0) -> None:
        """A kind of job; `work` gets its data, and any error it raises counts as one try."""
        self._kinds[name] = Kind(work, tries, first_s, longest_s)

    async def run(self) -> None:
        """Work until `stop`; a database that goes away is waited for. Without a kind there is nothing to do."""
        while self._kinds and not self._stopping.is_set():
            try:
                await self._work()
            except Exception as error:  # whatever ended the work, the rows are there and it goes on
                log.warning("jobs_interrupted", why=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _AGAIN_S)

    def stop(self) -> None:
        """Take nothing new; `run` returns when what is under way has ended."""
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def _work(self) -> None:
        from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver  # noqa: PLC0415
        from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder  # noqa: PLC0415
        from pgqueuer.adapters.persistence.queries import Queries  # noqa: PLC0415
        from pgqueuer.qm import QueueManager  # noqa: PLC0415

        # A small pool of its own: the bell needs a connection that stays, and pgqueuer reads JSON as text.
        async with asyncpg.create_pool(self._dsn, min_size=2, max_size=3, command_timeout=10) as pool:
            names = _settings()
            queries = Queries(AsyncpgPoolDriver(pool), qbe=QueryBuilderEnvironment(names), qbq=QueryQueueBuilder(names))
            manager = self._manager = QueueManager(queries, channel=names.channel)
            for name, kind in self._kinds.items():
                manager.entrypoint(name, on_failure="hold", accepts_context=False)(self._trying(kind))
            if self._stopping.is_set():
                return
            await manager.run(
                dequeue_timeout=timedelta(seconds=5), batch_size=max(1, self._most // 2),
                max_concurrent_tasks=max(2, self._most), heartbeat_timeout=self._heartbeat,
                shutdown_on_listener_failure=True,
            )  # fmt: skip

    def _trying(self, kind: Kind) -> Callable[[Job], Awaitable[None]]:
        from pgqueuer.domain.errors import RetryRequested  # noqa: PLC0415

        async def once(job: Job) -> None:
            try:
                await kind.work(msgspec.json.decode(job.payload or b"{}"))
            except asyncio.CancelledError:
                # The program is being ended in the middle of it: without this the job would count as done.
                raise RetryRequested(timedelta(0), "interrupted") from None
            except Exception as error:
                # Only the error's name is kept in the rows: its words may hold what people wrote.
                log.warning("job_failed", job=job.entrypoint, job_id=job.id, tries=job.attempts + 1, exc_info=error)
                if job.attempts + 1 >= kind.tries:
                    raise GivenUp("job_given_up", why=type(error).__name__) from None
                wait = timedelta(seconds=kind.wait_s(job.attempts, job.id))
                raise RetryRequested(wait, type(error).__name__) from None

        return once
