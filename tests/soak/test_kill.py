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

    async def prepare(self) -> None:
        """A case, a resident and a session for each writer."""
        db = await self.ground.connect()
        self.cases = await make_cases(db, WRITERS)
        rows = await db.fetch("select id, patient_id from cases where id = any($1::uuid[])", self.cases)
        patients = {row["id"]: row["patient_id"] for row in rows}
        self.sessions = await make_sessions(db, "resident", [patients[case] for case in self.cases])
        await db.close()

    async def write(self, number: int) -> None:
        """One writer: the same message again and again until it is answered, then the next."""
        case_id, (token, session_id) = self.cases[number], self.sessions[number]
        async with httpx.AsyncClient(timeout=3) as http:
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
                    await asyncio.sleep(0.05)

    async def check(self) -> tuple[int, int]:
        """(acknowledged, lost); twice written would break the primary key, a gap in the numbers is counted as lost."""
        db = await self.ground.connect()
        found = {
            row["id"] for row in await db.fetch("select id from messages where case_id = any($1::uuid[])", self.cases)
        }
        gaps = await db.fetchval(
            "select count(*) from (select case_id, max(seq) as last, count(*) as many from messages"
            " where case_id = any($1::uuid[]) group by case_id) g where last <> many",
            self.cases,
        )
        events = await db.fetchval("select count(*) from events where case_id = any($1::uuid[])", self.cases)
        await db.close()
        assert gaps == 0, "the numbers within a case have no gaps"
        assert events == len(found), "every message has its event, and no event lacks its message"
        return len(self.acknowledged), len(self.acknowledged - found)


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
    finally:
        ground.close()


async def _kill_database(ground: Ground, writers: Writers) -> float:
    killed_at = time.monotonic()
    os.kill(ground.embedded.pid, signal.SIGKILL)
    watching = asyncio.create_task(ground.embedded.watch())
    try:
        return await until_answered(writers, killed_at + 0.05, 20)
    finally:
        watching.cancel()


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
    finally:
        ground.close()


async def test_control_without_synchronous_commit_some_are_lost() -> None:
    """The same kill with synchronous_commit off and a lazy writer of the log: acknowledged messages must be missing."""
    ground = Ground({"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "0"})
    lost = 0
    try:
        await ground.open()
        await ground.start_server()
        writers = Writers(ground)
        await writers.prepare()
        tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
        for _ in range(4):
            await asyncio.sleep(1.0)
            await _kill_database(ground, writers)
        writers.stopping = True
        await asyncio.gather(*tasks)
        db = await ground.connect()
        rows = await db.fetch("select id from messages where case_id = any($1::uuid[])", writers.cases)
        await db.close()
        lost = len(writers.acknowledged - {row["id"] for row in rows})
        print(f"control: {len(writers.acknowledged)} acknowledged, {lost} lost")
    finally:
        ground.close()
    assert lost > 0, "the control lost nothing, so the other tests prove nothing"
