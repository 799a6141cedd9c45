"""Killed with -9 under load: every message that was acknowledged is found afterwards, once.

Writers send with ids of their own and try again with the same id until they are answered, as the pages do. The
control turns synchronous_commit off: it must lose some, otherwise the test proves nothing.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from uuid import UUID, uuid4

import httpx
import pytest

from linjen.bench.ground import Ground, make_cases, make_sessions
from linjen.core.errors import Unavailable
from tests.plain_http import plain_client

pytestmark = pytest.mark.soak

WRITERS = 16
KILLS = 6


class Writers:
    """Residents who write without pause, and remember what was acknowledged."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.acknowledged: set[UUID] = set()
        self.stopping = False
        self.answered_at = 0.0
        self.defects = 0

    async def prepare(self) -> None:
        """A case, a resident and a session for each writer."""
        db = await self.ground.connect()
        await db.execute("set synchronous_commit = on")  # they outlive the first kill of the control, too
        self.cases = await make_cases(db, WRITERS)
        rows = await db.fetch("select id, patient_id from cases where id = any($1::uuid[])", self.cases)
        patients = {row["id"]: row["patient_id"] for row in rows}
        self.sessions = await make_sessions(db, "resident", [patients[case] for case in self.cases])
        await db.close()

    async def write(self, number: int) -> None:
        """One writer: the same message again and again until it is answered, then the next."""
        case_id, (token, session_id) = self.cases[number], self.sessions[number]
        async with plain_client(timeout=3) as http:
            while not self.stopping:
                message_id = uuid4()
                while not self.stopping:
                    headers = {
                        "cookie": f"__Host-linjen-resident-{httpx.URL(self.ground.url).port}={token}",
                        "origin": self.ground.url, "x-csrf": self.ground.csrf(session_id), "x-linjen": "1",
                    }  # fmt: skip
                    body = {"id": str(message_id), "text": "Det känns bättre nu."}
                    try:
                        answer = await http.post(
                            f"{self.ground.url}/cases/{case_id}/messages", json=body, headers=headers
                        )
                    except httpx.HTTPError:
                        await asyncio.sleep(0.05)
                        continue
                    if answer.status_code in {200, 201}:
                        self.acknowledged.add(message_id)
                        self.answered_at = time.monotonic()
                        break
                    self.defects += answer.status_code == 500  # not being there is 503, which is told as such
                    await asyncio.sleep(0.05)

    async def check(self) -> tuple[int, int]:
        """(acknowledged, lost), after seeing that nothing is half there: no gap in the numbers, an event for each."""
        db = await self.ground.connect()
        gaps = await db.fetchval(
            "select count(*) from (select case_id, max(seq) as last, count(*) as many from messages"
            " where case_id = any($1::uuid[]) group by case_id) g where last <> many",
            self.cases,
        )
        messages = await db.fetchval("select count(*) from messages where case_id = any($1::uuid[])", self.cases)
        events = await db.fetchval("select count(*) from events where case_id = any($1::uuid[])", self.cases)
        await db.close()
        assert gaps == 0, "the numbers within a case have no gaps"
        assert events == messages, "every message has its event, and no event lacks its message"
        return await self.count_lost()

    async def count_lost(self) -> tuple[int, int]:
        """(acknowledged, those of them that are not there); twice written would break the primary key."""
        db = await self.ground.connect()
        rows = await db.fetch("select id from messages where case_id = any($1::uuid[])", self.cases)
        await db.close()
        return len(self.acknowledged), len(self.acknowledged - {row["id"] for row in rows})


async def until_answered(writers: Writers, since: float, within_s: float) -> float:
    """Seconds from `since` until somebody was answered again."""
    while time.monotonic() - since < within_s:
        if writers.answered_at > since:
            return writers.answered_at - since
        await asyncio.sleep(0.02)
    raise TimeoutError(f"nobody was answered within {within_s} s")


async def test_the_program_killed_under_load_loses_nothing_acknowledged() -> None:
    ground = Ground()
    try:
        await ground.open()
        await ground.start_server()
        writers = Writers(ground)
        await writers.prepare()
        tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0.5, 1.5))
            ground.kill_server()
            await ground.start_server()
            await until_answered(writers, time.monotonic(), 15)
        writers.stopping = True
        await asyncio.gather(*tasks)
        acknowledged, lost = await writers.check()
        print(f"program killed {KILLS} times: {acknowledged} acknowledged, {lost} lost")
        assert acknowledged > 100
        assert lost == 0
        assert writers.defects == 0
    finally:
        ground.close()


async def _kill_database(ground: Ground, writers: Writers) -> float:
    """Kill PostgreSQL's first process, let it be revived, and wait for an answer; seconds from kill to answer."""
    killed_at, killed = time.monotonic(), ground.embedded.pid
    os.kill(killed, signal.SIGKILL)
    watching = asyncio.create_task(ground.embedded.watch())
    try:
        while _pid(ground) in {0, killed}:  # until then an orphan of the killed one may still have answered
            if time.monotonic() - killed_at > 20:
                raise TimeoutError("the database was not revived within 20 s")
            await asyncio.sleep(0.02)
        revived_at = time.monotonic()
        return revived_at - killed_at + await until_answered(writers, revived_at, 20)
    finally:
        watching.cancel()


def _pid(ground: Ground) -> int:
    """PostgreSQL's process id; 0 while it is being revived."""
    try:
        return ground.embedded.pid
    except Unavailable:
        return 0


async def test_the_database_killed_under_load_loses_nothing_acknowledged_and_needs_no_restart() -> None:
    ground = Ground()
    try:
        await ground.open()
        await ground.start_server()
        writers = Writers(ground)
        await writers.prepare()
        tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
        pauses = []
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0.5, 1.5))
            pauses.append(await _kill_database(ground, writers))
        writers.stopping = True
        await asyncio.gather(*tasks)
        acknowledged, lost = await writers.check()
        print(f"database killed {KILLS} times: {acknowledged} acknowledged, {lost} lost, pauses {pauses}")
        assert acknowledged > 100
        assert lost == 0
        assert writers.defects == 0
    finally:
        ground.close()


#: Told lazily: nothing is written before its commit is acknowledged, and the writer of the log sleeps. Its delay is the
#: longest there is. With `wal_writer_flush_after` 0 every commit would wake it: the most there is lets it sleep. The
#: buffers hold what a control writes, so that no backend has to write it for want of room.
_LAZY = {
    "synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB", "wal_buffers": "64MB",
}  # fmt: skip
#: Acknowledged since the last kill when the next comes: most of them must be missing afterwards.
_UNDER_WAY = 100


async def _until_acknowledged(writers: Writers, many: int, within_s: float) -> None:
    """Wait until so many more messages have been acknowledged than now."""
    wanted, since = len(writers.acknowledged) + many, time.monotonic()
    while len(writers.acknowledged) < wanted:
        if time.monotonic() - since > within_s:
            raise TimeoutError(f"{many} messages were not acknowledged within {within_s} s")
        await asyncio.sleep(0.005)


async def test_control_without_synchronous_commit_many_are_lost() -> None:
    """The same writers, program and kill, over a database that acknowledges before it has written the log.

    Each kill comes when a hundred messages have been acknowledged since the last one. That many of them are missing
    afterwards shows that the writers and the check above would see a loss.
    """
    ground = Ground(_LAZY)
    try:
        await ground.open()
        await ground.start_server()
        writers = Writers(ground)
        await writers.prepare()
        tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
        for _ in range(KILLS):
            await _until_acknowledged(writers, _UNDER_WAY, 30)
            await _kill_database(ground, writers)
        writers.stopping = True
        await asyncio.gather(*tasks)
        acknowledged, lost = await writers.count_lost()
        print(f"control, database killed {KILLS} times: {acknowledged} acknowledged, {lost} lost")
    finally:
        ground.close()
    assert lost >= KILLS * _UNDER_WAY // 4, "the control lost too few for the other tests to prove anything"
