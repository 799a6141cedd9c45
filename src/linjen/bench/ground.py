"""What the benches share: an embedded database and a server pinned to one core, seeded rows, and CPU accounting."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import aiohttp
import asyncpg

from linjen.access.sessions import hash_token
from linjen.core.database import Database
from linjen.core.ids import new_id
from linjen.core.migrations import migrate
from linjen.core.postgres import Embedded
from linjen.core.sealing import Sealer, make_key_file, read_key_file
from linjen.demo.world import id_of, seed

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def two_cores() -> tuple[set[int], set[int]]:
    """(the core of server and database, the core of the load); the same one where the machine has but one."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, {cores[-1]}


@contextlib.contextmanager
def on_cores(cores: set[int]) -> Iterator[None]:
    """What is started inside runs on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Ground:
    """A temporary folder with database, keys and region; everything is removed at the end."""

    def __init__(self, options: dict[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="linjen-bench-"))
        self.folder.chmod(0o755)
        self.server_cores, self.load_cores = two_cores()
        self._before = os.sched_getaffinity(0)
        self.embedded = Embedded(self.folder, options=options)
        self._server: subprocess.Popen[bytes] | None = None
        self.url = ""

    async def open(self) -> None:
        """Start the database on the server's core and seed the region; the caller moves to the load's core."""
        with on_cores(self.server_cores):
            self.embedded.start()
        os.sched_setaffinity(0, self.load_cores)
        make_key_file(self.key_file)
        self.sealer = Sealer(read_key_file(self.key_file))
        await migrate(self.embedded.owner_dsn, "linjen_app")
        database = Database(self.embedded.app_dsn, size=2)
        async with database.transaction() as db:
            await seed(db, self.sealer)
        await database.close()

    @property
    def key_file(self) -> Path:
        """The key file that the server will use, too."""
        return self.folder / "keys" / "master.key"

    async def start_server(self, settings: Mapping[str, str] | None = None) -> None:
        """Start the program itself with these settings, in its own process on the server's core."""
        more = json.dumps(dict(settings or {}))
        with on_cores(self.server_cores):
            self._server = subprocess.Popen(  # noqa: ASYNC220 - a fork must inherit this thread's cores
                [sys.executable, "-m", "linjen.bench.server", str(self.folder), self.embedded.app_dsn, more],
                stdout=subprocess.PIPE,
            )
        assert self._server.stdout is not None  # noqa: S101 - a pipe was asked for
        line = await asyncio.to_thread(self._server.stdout.readline)
        self.url = line.decode().strip()
        if not self.url:
            raise RuntimeError("the server under test did not start")

    def stop_server(self) -> None:
        """Stop the program; the database goes on."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(15)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            if self._server.stdout is not None:
                self._server.stdout.close()
            self._server = None

    def kill_server(self) -> None:
        """Kill the program with -9, as a fault test does."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            if self._server.stdout is not None:
                self._server.stdout.close()
            self._server = None

    def close(self) -> None:
        """Stop everything and leave nothing."""
        self.stop_server()
        self.embedded.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.sched_setaffinity(0, self._before)

    async def connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """A bare connection as the application's role."""
        return await asyncpg.connect(self.embedded.app_dsn)

    def server_cpu_ms(self) -> float:
        """CPU that the server has used so far, in milliseconds."""
        return process_cpu_ms(self._server.pid) if self._server else 0.0

    def listening_cpu_ms(self) -> float:
        """CPU that the processes which the server has started have used so far, in milliseconds."""
        return sum(map(process_cpu_ms, children_of(self._server.pid))) if self._server else 0.0

    def database_cpu_ms(self) -> float:
        """CPU that PostgreSQL and its processes have used so far, in milliseconds."""
        pids = [self.embedded.pid, *children_of(self.embedded.pid)]
        return sum(process_cpu_ms(pid) for pid in pids)

    def server_memory_kb(self) -> int:
        """The server's proportional memory (PSS), in kB."""
        assert self._server is not None  # noqa: S101 - only asked while it runs
        text = Path(f"/proc/{self._server.pid}/smaps_rollup").read_text()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:")))

    def http(self) -> aiohttp.ClientSession:
        """A plain client of the server; `async with` closes it."""
        return aiohttp.ClientSession(self.url, timeout=aiohttp.ClientTimeout(30))

    def csrf(self, session_id: UUID) -> str:
        """The form token of a session."""
        return self.sealer.token("csrf", session_id.bytes)


def process_cpu_ms(pid: int) -> float:
    """User and system time of a process, in milliseconds; 0 when it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def children_of(pid: int) -> list[int]:
    """The process ids of a process's children."""
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


async def make_cases(db: asyncpg.Connection[asyncpg.Record], many: int, *, unit: str = "ankaret") -> list[UUID]:
    """So many cases in progress at a unit, each with a resident of its own, held by Karin; their ids."""
    ids = [new_id() for _ in range(many)]
    residents = [new_id() for _ in range(many)]
    visits = [new_id() for _ in range(many)]
    async with db.transaction():
        await db.execute(
            "insert into residents (id, number_index, number_sealed, given_name, surname, birth_on)"
            " select r, sha256(r::text::bytea), '', 'Test', 'Person', '1980-01-01' from unnest($1::uuid[]) r",
            residents,
        )
        await db.execute("set constraints all deferred")
        await db.execute(
            "insert into cases (id, entry, phase, patient_id, opened_by, unit_id, visit_id, patient_birth_on, urgency,"
            " reason, sent_at) select c, 'symptom', 'sent', r, r, $4, v, '1980-01-01', 3, 'halsont', now()"
            " from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as t(c, r, v)",
            ids, residents, visits, id_of(f"unit/{unit}"),
        )  # fmt: skip
        await db.execute(
            "insert into visits (id, case_id, state, unit_id, priority, holder_id, claimed_at)"
            " select v, c, 'in_progress', $3, 3, $4, now() from unnest($1::uuid[], $2::uuid[]) as t(c, v)",
            ids, visits, id_of(f"unit/{unit}"), id_of("staff/karin"),
        )  # fmt: skip
    return ids


async def make_sessions(
    db: asyncpg.Connection[asyncpg.Record], kind: str, people: list[UUID], unit_id: UUID | None = None
) -> list[tuple[str, UUID]]:
    """A session for each person; (token, session id) in order."""
    made = [(f"bench-{kind}-{new_id().hex}", new_id()) for _ in people]
    await db.execute(
        "insert into sessions (token_hash, id, kind, person_id, unit_id, expires_at)"
        " select h, s, $4, p, $5, now() + interval '8 hours' from unnest($1::bytea[], $2::uuid[], $3::uuid[])"
        " as t(h, s, p)",
        [hash_token(token) for token, _ in made], [session_id for _, session_id in made], people, kind, unit_id,
    )  # fmt: skip
    return made


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; nan for none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
