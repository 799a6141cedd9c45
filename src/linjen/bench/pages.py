"""`linjen bench pages`: how long the server takes for each page of the resident's, while a hundred a second are asked.

Anonymous pages and those of signed-in residents with a case in turn, evenly paced, by connections that stay open.
Server and database share one core, the load has the other. A page's time is from the request's first byte to the
answer's last, so it holds what it waited behind others.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from linjen.bench.browsers import Browser
from linjen.bench.ground import Ground, make_cases, make_sessions, quantile
from linjen.bench.told import give_interviews
from linjen.cases.talk.message import seal_text
from linjen.core.ids import new_id
from linjen.demo.world import id_of

PER_S = 100
SECONDS = 20.0
_WARM_S = 3.0
_RESIDENTS = 60
_MESSAGES = 20
#: Before signing in, and after.
_PUBLIC = (
    "/",
    "/units",
    f"/units/{id_of('unit/ankaret')}",
    "/about/how-it-works",
    "/sign-in",
    "/accessibility",
    "/privacy",
)
_OWN = ("/home", "/cases", "/cases/{case}", "/cases/{case}", "/profile", "/support", "/openings")


async def run() -> dict[str, Any]:
    """p50 and p95 of all pages in milliseconds, the slowest page by its p95, and CPU for a page."""
    ground = Ground()
    try:
        await ground.open()
        db = await ground.connect()
        cases = await make_cases(db, _RESIDENTS)
        await give_interviews(ground, db, cases)
        await _talk(ground, db, cases)
        people = [row["patient_id"] for row in await db.fetch(
            "select patient_id from cases join unnest($1::uuid[]) with ordinality as t(id, n) using (id) order by n",
            cases,
        )]  # fmt: skip
        sessions = await make_sessions(db, "resident", people)
        await ground.start_server()
        browsers = [Browser(ground.url, "resident", token, ground.csrf(one)) for token, one in sessions]
        strangers = [Browser(ground.url, "resident", "", "") for _ in range(20)]
        await _ask(browsers, strangers, cases, _WARM_S)
        server, database = ground.server_cpu_ms(), ground.database_cpu_ms()
        times, failures = await _ask(browsers, strangers, cases, SECONDS)
        spent = ground.server_cpu_ms() - server, ground.database_cpu_ms() - database
        await db.close()
        return _figures(times, failures, spent)
    finally:
        ground.close()


async def _talk(ground: Ground, db: Any, cases: Sequence[UUID]) -> None:
    for case_id in cases:
        for seq in range(1, _MESSAGES + 1):
            message_id = new_id()
            sealed = seal_text(ground.sealer, case_id, message_id, "Hej! Det känns lite bättre i dag.")
            await db.execute(
                "insert into messages (id, case_id, seq, by_kind, by_id, body_sealed)"
                " select $2, $1, $3, 'resident', opened_by, $4 from cases where id = $1",
                case_id, message_id, seq, sealed,
            )  # fmt: skip
    await db.execute("update cases set counter = $2 where id = any($1::uuid[])", list(cases), _MESSAGES)


async def _ask(
    browsers: Sequence[Browser], strangers: Sequence[Browser], cases: Sequence[UUID], seconds: float
) -> tuple[dict[str, list[float]], int]:
    """Times by page, and how many were not answered with 200."""
    times: dict[str, list[float]] = defaultdict(list)
    failures = 0

    async def see(number: int) -> None:
        nonlocal failures
        turn, who = divmod(number, 2)
        if who:
            page, place = _OWN[turn % len(_OWN)], turn % len(browsers)
            came = await browsers[place].get(page.format(case=cases[place]))
        else:
            page = _PUBLIC[turn % len(_PUBLIC)]
            came = await strangers[turn % len(strangers)].get(page)
        times[page].append(came.ms)
        failures += came.status != 200

    began, tasks = time.perf_counter(), set()
    for number in range(int(PER_S * seconds)):
        await asyncio.sleep(max(0.0, began + number / PER_S - time.perf_counter()))
        task = asyncio.create_task(see(number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return times, failures


def _figures(times: dict[str, list[float]], failures: int, spent: tuple[float, float]) -> dict[str, Any]:
    every = [one for some in times.values() for one in some]
    by_page = {page: round(quantile(some, 0.95), 2) for page, some in times.items()}
    slowest = max(by_page, key=lambda page: by_page[page])
    return {
        "p50_ms": round(quantile(every, 0.5), 2), "p95_ms": round(quantile(every, 0.95), 2),
        "slowest_p95_ms": by_page[slowest], "slowest": slowest, "pages": len(every), "failures": failures,
        "server_cpu_ms": round(spent[0] / len(every), 2), "database_cpu_ms": round(spent[1] / len(every), 2),
        "p95_ms_by_page": by_page,
    }  # fmt: skip
