"""A database that stands still: told within three seconds; what is slow is let run, and all goes on afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from linjen.core.database import Database
from linjen.core.errors import Unavailable
from linjen.core.settings import read_settings
from tests.region import Region


def _processes(folder: Path) -> list[int]:
    """The server and its children."""
    first = int((folder / "postmaster.pid").read_text().split()[0])
    found = [first]
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == first:
                found.append(int(entry.name))
    return found


@contextlib.contextmanager
def _frozen(folder: Path) -> Iterator[None]:
    processes = _processes(folder)
    try:
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(processes):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Region, "patience_ms", read_settings({}, demo=True).database_patience_ms)


async def test_a_frozen_server_is_told_within_three_seconds_and_all_goes_on_afterwards(region: Region) -> None:
    karin, gustav = await region.staff("karin", "ankaret"), await region.resident("gustav")
    case_id = region.cases["held_by_karin"]
    await asyncio.sleep(0.7)  # the first beat
    with _frozen(region.embedded_folder):
        begun = time.monotonic()
        asked = [karin.get("/clinic/ledger"), gustav.say(case_id, "Hallå"), *(gustav.get("/home") for _ in range(20))]
        answers = await asyncio.gather(*asked)
        assert time.monotonic() - begun < 4  # three on a quiet machine
        assert {answer.status_code for answer in answers} == {503}
        begun = time.monotonic()
        assert (await karin.get("/clinic/ledger")).status_code == 503
        assert time.monotonic() - begun < 1
    async with asyncio.timeout(15):
        while (await karin.get("/clinic/ledger")).status_code != 200:  # noqa: ASYNC110 - another program's state
            await asyncio.sleep(0.2)
    assert (await gustav.say(case_id, "Nu då")).status_code == 201


async def test_what_is_slow_is_let_run_and_what_waits_is_told_when_the_server_stands_still(region: Region) -> None:
    database = Database(region.dsn, size=2)
    assert await database.fetch_value("select 7 from pg_sleep(3)") == 7
    slow = asyncio.create_task(database.fetch_value("select 7 from pg_sleep(9)"))
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    database.stand_still(True)
    with pytest.raises(Unavailable, match="database_unreachable"):
        await slow
    with pytest.raises(Unavailable, match="database_unreachable"):
        await database.fetch_value("select 1")
    assert time.monotonic() - begun < 1
    database.stand_still(False)
    assert await database.fetch_value("select 1") == 1
    await database.close()
