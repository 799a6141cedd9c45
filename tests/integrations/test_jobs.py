"""Outgoing work: done at least once, tried again with longer waits, held and seen when given up."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from linjen.core.jobs import Kind, Wanted, Worker, count_jobs, enqueue, install_sql, list_held, sweep_jobs, try_again
from tests.region import Region


@contextlib.asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    """A worker that works, and has stopped afterwards."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait_for(task, 15)


async def wish(region: Region, *wanted: Wanted) -> int:
    """Enqueue in a transaction of its own."""
    async with region.site.database.transaction() as db:
        return await enqueue(db, wanted)


async def counts(region: Region) -> dict[str, int]:
    """How many jobs wait, run and are held."""
    async with region.site.database.connection() as db:
        return await count_jobs(db)


async def until(region: Region, within_s: float = 30, **wanted: int) -> None:
    """Wait until the counts are so."""
    async with asyncio.timeout(within_s):
        while {name: (await counts(region))[name] for name in wanted} != wanted:  # noqa: ASYNC110 - rows tell no one
            await asyncio.sleep(0.05)


def test_the_migration_is_what_the_library_would_install() -> None:
    shipped = resources.files("linjen").joinpath("migrations/0002_jobs.sql").read_text("utf-8")
    assert install_sql().strip() in shipped


async def test_a_job_is_written_with_its_transaction_or_not_at_all(region: Region) -> None:
    with pytest.raises(LookupError):
        async with region.site.database.transaction() as db:
            await enqueue(db, [Wanted("told", {"n": 1})])
            raise LookupError
    assert (await counts(region))["waiting"] == 0
    assert await wish(region, Wanted("told", {"n": 1}, key="a"), Wanted("told", {"n": 2}, key="b")) == 2
    assert await wish(region, Wanted("told", {"n": 3}, key="a")) == 0, "the same wish is not written twice"
    done: list[int] = []

    async def tell(data: dict[str, Any]) -> None:
        done.append(data["n"])

    worker = Worker(region.dsn)
    worker.add("told", tell)
    async with at_work(worker):
        await until(region, waiting=0, running=0)
    assert sorted(done) == [1, 2]
    assert await wish(region, Wanted("told", {"n": 4}, key="a")) == 1, "once it is done it may be wished again"


async def test_a_failing_job_is_tried_again_after_longer_and_longer_waits(region: Region) -> None:
    tried: list[float] = []

    async def fail_twice(_: dict[str, Any]) -> None:
        tried.append(time.monotonic())
        if len(tried) < 3:
            raise ConnectionError("the other side is away, at 070-174 06 05")

    worker = Worker(region.dsn)
    worker.add("sent", fail_twice, first_s=0.2)
    await wish(region, Wanted("sent", {}))
    async with at_work(worker):
        await until(region, waiting=0, running=0)
    assert len(tried) == 3
    assert tried[1] - tried[0] >= 0.2
    assert tried[2] - tried[1] >= 0.4
    kept = await region.value("select string_agg(coalesce(traceback::text, ''), ' ') from jobs_log")
    assert "ConnectionError" in str(kept)
    assert "070" not in str(kept), "an error's words may hold what people wrote, and are not kept"


def test_waits_double_up_to_the_longest_and_are_spread() -> None:
    async def nothing(_: dict[str, Any]) -> None: ...

    kind = Kind(nothing, 8, 2, 60)
    assert [kind.wait_s(tries, 0) for tries in range(7)] == [2, 4, 8, 16, 32, 60, 60]
    assert {kind.wait_s(0, spread) for spread in range(10)} == {2 * (1 + n / 20) for n in range(10)}


async def test_a_job_that_fails_every_time_is_held_seen_and_can_be_tried_again(region: Region) -> None:
    tried = 0
    works = False

    async def fail(_: dict[str, Any]) -> None:
        nonlocal tried
        tried += 1
        if not works:
            raise ValueError

    worker = Worker(region.dsn)
    worker.add("sent", fail, tries=3, first_s=0.05)
    await wish(region, Wanted("sent", {"case": "x"}))
    async with at_work(worker):
        await until(region, held=1)
        assert tried == 3
        async with region.site.database.transaction() as db:
            held = await list_held(db)
            assert [(one.name, one.data, one.tries) for one in held] == [("sent", {"case": "x"}, 3)]
            works = True
            assert await try_again(db, held[0].id)
        await until(region, held=0, waiting=0, running=0)
        async with region.site.database.transaction() as db:
            assert not await try_again(db, held[0].id)
    assert tried == 4


async def test_a_worker_killed_in_the_middle_leaves_the_job_to_the_next(region: Region) -> None:
    await wish(region, Wanted("slow", {"n": 7}))
    script = Path(__file__).with_name("working.py")
    process = subprocess.Popen([sys.executable, str(script), region.dsn], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == "begun 7\n"
    process.kill()
    process.wait()
    process.stdout.close()
    assert (await counts(region))["running"] == 1
    done: list[int] = []

    async def tell(data: dict[str, Any]) -> None:
        done.append(data["n"])

    worker = Worker(region.dsn, heartbeat_s=1.0)
    worker.add("slow", tell)
    async with at_work(worker):
        await until(region, waiting=0, running=0, within_s=20)
    assert done == [7]


async def test_a_job_interrupted_by_the_programs_end_is_not_taken_for_done(region: Region) -> None:
    begun = asyncio.Event()

    async def wait(_: dict[str, Any]) -> None:
        begun.set()
        await asyncio.sleep(600)

    worker = Worker(region.dsn)
    worker.add("slow", wait)
    await wish(region, Wanted("slow", {}))
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(begun.wait(), 10)
    for other in asyncio.all_tasks():
        if "_dispatch" in str(other.get_coro()):
            other.cancel()
    worker.stop()
    await asyncio.wait_for(task, 15)
    assert (await counts(region))["waiting"] == 1


async def test_lost_connections_are_made_anew(region: Region) -> None:
    done: list[int] = []

    async def tell(data: dict[str, Any]) -> None:
        done.append(data["n"])

    worker = Worker(region.dsn)
    worker.add("told", tell)
    async with at_work(worker):
        await wish(region, Wanted("told", {"n": 1}))
        await until(region, waiting=0, running=0)
        await region.value(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'linjen'"
        )
        await wish(region, Wanted("told", {"n": 2}))
        await until(region, waiting=0, running=0, within_s=20)
    assert done == [1, 2]


async def test_only_what_ended_long_ago_is_forgotten(region: Region) -> None:
    await wish(region, Wanted("told", {"n": 1}))
    await region.site.database.execute("update jobs_log set created = now() - interval '31 days'")
    await wish(region, Wanted("told", {"n": 2}))
    await sweep_jobs(region.site.database)
    assert await region.value("select count(*) from jobs_log") == 1
    assert (await counts(region))["waiting"] == 2


async def test_without_a_kind_of_job_nothing_is_started(region: Region) -> None:
    await asyncio.wait_for(Worker("postgresql://nowhere/none").run(), 1)
