"""What the machine allows: the rows of a message or an answer, by bare loops without HTTP, session or policy."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from uuid import UUID

import asyncpg
import msgspec

from linjen.bench.ground import Ground, on_cores
from linjen.core.ids import new_id

SECONDS = 3.0
OUTSTANDING = 200

_WRITE_MESSAGE = """
with asked as (select * from unnest($1::uuid[], $2::uuid[]) with ordinality as a(case_id, message_id, n)),
numbered as (
  select a.*, (c.counter + row_number() over (partition by a.case_id order by a.n))::integer as seq
  from asked a join cases c on c.id = a.case_id
), counted as (
  update cases c set counter = c.counter + k.many, changed_at = now(), staff_unread = c.staff_unread + k.many
  from (select case_id, count(*)::integer as many from asked group by case_id) k where c.id = k.case_id
), wrote as (
  insert into messages (id, case_id, seq, by_kind, by_id, body_sealed)
  select message_id, case_id, seq, 'staff', case_id, $3 from numbered
)
insert into events (case_id, seq, kind, by_kind, by_id, data)
select case_id, seq, 'message_sent', 'staff', case_id, jsonb_build_object('message', message_id) from numbered
"""

_WRITE_ANSWER = """
with asked as (select * from unnest($1::uuid[], $2::uuid[]) as a(case_id, message_id)),
saved as (
  update intakes i set state_sealed = $3, version = version + 1, step = 'questions', expires_at = now()
  from asked a where i.case_id = a.case_id
), touched as (
  update cases c set changed_at = now(), phase = 'intake' from asked a where c.id = a.case_id
)
insert into access_log (by_kind, by_id, session_id, verb, case_id)
select 'resident', case_id, message_id, 'write_intake', case_id from asked
"""

#: The statement, and about as much sealed content as it carries in the program.
_WRITES = {"message": (_WRITE_MESSAGE, os.urandom(110)), "answer": (_WRITE_ANSWER, os.urandom(2_500))}


async def commit_limit(ground: Ground, cases: list[UUID], rows: str = "message") -> float:
    """Messages or answers a second with one commit each: the best of 1, 4, 10 and 20 connections."""
    return max([await _in_process(ground, cases, "one", many, rows) for many in (1, 4, 10, 20)])


async def batch_limit(ground: Ground, cases: list[UUID], rows: str = "message") -> float:
    """Messages or answers a second when whatever waits (200 outstanding) goes into one transaction."""
    return await _in_process(ground, cases, "batch", OUTSTANDING, rows)


async def _in_process(ground: Ground, cases: list[UUID], kind: str, many: int, rows: str) -> float:
    """Run a bare loop in a process of its own on the server's core, as the server itself runs."""
    job = msgspec.json.encode(_Job(ground.embedded.app_dsn, cases, kind, many, rows))
    with on_cores(ground.server_cores):
        process = subprocess.Popen(  # noqa: ASYNC220 - a fork must inherit this thread's cores
            [sys.executable, "-m", "linjen.bench.limits"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    out, _ = await asyncio.to_thread(process.communicate, job)
    return float(out)


async def _one_commit_each(dsn: str, cases: list[UUID], connections: int, rows: str) -> float:
    sql, body = _WRITES[rows]
    done = 0
    began = time.perf_counter()

    async def write(number: int) -> None:
        nonlocal done
        db = await asyncpg.connect(dsn)
        statement = await db.prepare(sql)
        own, place = cases[number::connections], 0  # two that write to one case would wait for each other
        while time.perf_counter() - began < SECONDS:
            await statement.fetch([own[place % len(own)]], [new_id()], body)
            place += 1
            done += 1
        await db.close()

    await asyncio.gather(*(write(number) for number in range(connections)))
    return done / (time.perf_counter() - began)


async def _whatever_waits(dsn: str, cases: list[UUID], outstanding: int, rows: str) -> float:
    """Producers that ask again as soon as they are answered; the writer takes all that wait."""
    sql, body = _WRITES[rows]
    waiting: list[asyncio.Future[None]] = []
    loop = asyncio.get_running_loop()
    db = await asyncpg.connect(dsn)
    statement = await db.prepare(sql)
    began = time.perf_counter()
    done = 0

    async def produce() -> None:
        while time.perf_counter() - began < SECONDS:
            future = loop.create_future()
            waiting.append(future)
            await future

    producers = [asyncio.create_task(produce()) for _ in range(outstanding)]
    while not all(task.done() for task in producers):
        await asyncio.sleep(0)
        batch, waiting[:] = list(waiting), []
        if batch:
            ids = [cases[(done + number) % len(cases)] for number in range(len(batch))]
            await statement.fetch(ids, [new_id() for _ in batch], body)
            done += len(batch)
            for future in batch:
                future.set_result(None)
    took = time.perf_counter() - began
    await db.close()
    return done / took


class _Job(msgspec.Struct):
    dsn: str
    cases: list[UUID]
    kind: str
    many: int
    rows: str


def main() -> None:
    """Read a job from standard input and print how many a second."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=_Job)
    work = _one_commit_each if job.kind == "one" else _whatever_waits
    print(asyncio.run(work(job.dsn, job.cases, job.many, job.rows)))


if __name__ == "__main__":
    main()
