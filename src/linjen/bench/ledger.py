"""`linjen bench ledger`: the ledger of one unit (150 open cases) in a database with a million cases.

From request to last byte: session, policy, the access log's commit and all rows drawn. Measured first with 10,000
cases (1,000 open), then with 1,000,000 (100,000 open), in the same run. The limit beside it is the same rows fetched
and the same log row committed by a bare loop, without HTTP and without drawing.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from linjen.bench.ground import Ground, make_sessions, quantile
from linjen.core.database import Database
from linjen.demo.world import id_of

OPEN_HERE = 150
REQUESTS = 300
_SIZES = ((10_000, 1_000), (1_000_000, 100_000))

_LOAD = """
with new as (
  select gen_random_uuid() as case_id, gen_random_uuid() as visit_id, n,
    case when n < $1 then $4::uuid else u.id end as unit_id, n < $2 as open
  from generate_series(0, $3 - 1) as n
  join (select id, row_number() over () - 1 as place from units where kind = 'rehab' and hsa_id like 'BENCH%') u
    on u.place = n % 700
), visited as (
  insert into visits (id, case_id, state, unit_id, priority, queued_at, closed_at, close_reason)
  select visit_id, case_id, case when open then 'queued' else 'closed' end, unit_id, 1 + n % 5,
    now() - make_interval(mins => (n % 3000)::integer), case when not open then now() end,
    case when not open then 'advice' end
  from new
)
insert into cases (id, entry, phase, patient_id, opened_by, unit_id, visit_id, patient_birth_on, urgency, reason,
  sent_at, staff_unread)
select case_id, 'symptom', 'sent', $5, $5, unit_id, visit_id, date '1950-01-01' + (n % 25000)::integer, 1 + n % 5,
  'halsont', now(), n % 3
from new
"""


async def run() -> dict[str, Any]:
    """p50 and p99 in milliseconds at a million cases, and how they have grown since ten thousand."""
    ground = Ground({"max_wal_size": "4GB", "shared_buffers": "256MB"})
    try:
        await ground.open()
        db = await ground.connect()
        (token, _), *_ = await make_sessions(db, "staff", [id_of("staff/karin")], id_of("unit/ankaret"))
        await _units(ground)
        figures: list[dict[str, float]] = []
        before = (0, 0)
        for cases, open_cases in _SIZES:
            await _load(ground, cases - before[0], open_cases - before[1], OPEN_HERE if before == (0, 0) else 0)
            before = (cases, open_cases)
            await ground.start_server()
            figures.append(await _measure(ground, token) | {"bare_p50_ms": await _bare(ground)})
            ground.stop_server()
        await db.close()
        small, large = figures
        return {
            "p50_ms": large["p50_ms"], "p99_ms": large["p99_ms"],
            "growth": round(large["p50_ms"] / small["p50_ms"], 3),
            "p50_ms_at_10k": small["p50_ms"], "p99_ms_at_10k": small["p99_ms"], "server_cpu_ms": large["server_cpu_ms"],
            "database_cpu_ms": large["database_cpu_ms"], "limit_p50_ms": large["bare_p50_ms"],
            "cases": _SIZES[1][0], "open": _SIZES[1][1], "rows": OPEN_HERE,
        }  # fmt: skip
    finally:
        ground.close()


async def _superuser(ground: Ground) -> asyncpg.Connection[asyncpg.Record]:
    return await asyncpg.connect(ground.embedded.owner_dsn.replace("linjen_owner@", "postgres@"), timeout=60)


async def _units(ground: Ground) -> None:
    db = await _superuser(ground)
    await db.execute(
        "insert into units (id, provider_id, hsa_id, name, kind)"
        " select gen_random_uuid(), (select id from care_providers limit 1), 'BENCH' || n, 'Enhet ' || n, 'rehab'"
        " from generate_series(1, 700) n"
    )
    await db.close()


async def _load(ground: Ground, many: int, open_cases: int, here: int) -> None:
    """Rows by the hundred thousand, with the foreign keys' triggers off: the rows are right by construction."""
    db = await _superuser(ground)
    await db.execute("set session_replication_role = replica; set synchronous_commit = off")
    resident = await db.fetchval("select id from residents limit 1")
    left, left_open, left_here = many, open_cases, here
    while left > 0:
        part = min(left, 100_000)
        part_open = min(left_open, part)
        await db.execute(_LOAD, left_here, part_open, part, id_of("unit/ankaret"), resident, timeout=300)
        left, left_open, left_here = left - part, left_open - part_open, 0
    await db.execute("vacuum (analyze) cases", timeout=300)
    await db.execute("vacuum (analyze) visits", timeout=300)
    await db.execute("checkpoint", timeout=300)
    await db.close()


async def _measure(ground: Ground, token: str) -> dict[str, float]:
    """One reader who asks again and again over one connection, with a client that costs next to nothing itself."""
    address = urlsplit(ground.url)
    request = (
        f"GET /clinic/ledger HTTP/1.1\r\nhost: {address.netloc}\r\n"
        f"cookie: __Host-linjen-staff-{address.port}={token}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    times = []
    server = database = 0.0
    for number in range(REQUESTS + 30):
        if number == 30:
            server, database = ground.server_cpu_ms(), ground.database_cpu_ms()
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        page = await reader.readexactly(length)
        took = (time.perf_counter() - began) * 1000
        if not head.startswith(b"HTTP/1.1 200") or page.count(b'id="case-') != OPEN_HERE:
            raise RuntimeError(f"the ledger answered {head[:20]!r} with {page.count(b'id=case-')} rows")
        if number >= 30:
            times.append(took)
    writer.close()
    return {
        "p50_ms": round(quantile(times, 0.5), 2),
        "p99_ms": round(quantile(times, 0.99), 2),
        "server_cpu_ms": round((ground.server_cpu_ms() - server) / REQUESTS, 2),
        "database_cpu_ms": round((ground.database_cpu_ms() - database) / REQUESTS, 2),
    }


async def _bare(ground: Ground) -> float:
    """The rows and the log row alone: what the database needs."""
    database = Database(ground.embedded.app_dsn, size=1)
    unit: UUID = id_of("unit/ankaret")
    times = []
    for _ in range(100):
        began = time.perf_counter()
        async with database.transaction() as db:
            rows = await db.fetch(
                "select c.id, v.priority, v.queued_at, c.reason from visits v join cases c on c.id = v.case_id"
                " where v.unit_id = $1 and v.state = 'queued' order by v.priority, v.queued_at limit 500",
                unit,
            )
            await db.execute(
                "insert into access_log (by_kind, by_id, verb, shown) values ('staff', $1, 'ledger', $2)",
                unit, [row["id"] for row in rows],
            )  # fmt: skip
        times.append((time.perf_counter() - began) * 1000)
    await database.close()
    return round(quantile(times, 0.5), 2)
