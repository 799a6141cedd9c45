"""`linjen bench message`: a chat message from its sender's request to the other party's stream, and two limits.

Server and database share one core, the load has the other. Beside them runs the process that reads what residents write
for warning signs, after it was delivered: at saturation it takes what its niceness leaves it, and is behind. The limits
are measured in turn with the program in the same run: the same rows written by a bare loop with one commit each, and by
a bare writer that puts whatever waits into one transaction.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Any
from uuid import UUID

from linjen.bench.chatters import Chatter
from linjen.bench.ground import Ground, make_cases, make_sessions, quantile
from linjen.bench.limits import batch_limit, commit_limit
from linjen.demo.world import id_of

PAIRS = 200
ROUNDS = 3
SATURATED_S = 6.0
PACED_S = 12.0


async def run() -> dict[str, Any]:
    """All figures; times in milliseconds."""
    ground = Ground()
    try:
        await ground.open()
        db = await ground.connect()
        cases = await make_cases(db, PAIRS)
        await ground.start_server()
        chatters = await _chatters(ground, db, cases)
        rounds = []
        limits: list[tuple[float, float]] = []
        for _ in range(ROUNDS):
            rounds.append(await _saturate(ground, chatters))
            limits.append((await commit_limit(ground, cases), await batch_limit(ground, cases)))
        paced = {rate: await _pace(chatters, rate) for rate in (20, 200)}
        for chatter in chatters:
            await chatter.close()
        await db.close()
        return _figures(rounds, limits, paced)
    finally:
        ground.close()


async def _chatters(ground: Ground, db: Any, cases: list[UUID]) -> list[Chatter]:
    people = [row["patient_id"] for row in await db.fetch(
        "select patient_id from cases join unnest($1::uuid[]) with ordinality as t(id, n) using (id) order by n", cases
    )]  # fmt: skip
    residents = await make_sessions(db, "resident", people)
    staff = await make_sessions(db, "staff", [id_of("staff/karin")] * len(cases), id_of("unit/ankaret"))
    chatters = []
    for number, case_id in enumerate(cases):
        resident, nurse = residents[number], staff[number]
        by_staff = number % 2 == 1
        sender, listener = (nurse, resident) if by_staff else (resident, nurse)
        pair = (sender[0], ground.csrf(sender[1]))
        chatters.append(Chatter(ground.url, case_id, pair, listener[0], by_staff=by_staff))
    for chatter in chatters:
        await chatter.open()
    return chatters


async def _begin(chatters: list[Chatter]) -> None:
    for chatter in chatters:
        await chatter.connect()
        chatter.sent_at.clear()
        chatter.delays.clear()
        chatter.answers.clear()
        chatter.failures = 0


async def _saturate(ground: Ground, chatters: list[Chatter]) -> dict[str, float]:
    """Everybody sends as fast as they are answered."""
    await _begin(chatters)
    server, database, heard = ground.server_cpu_ms(), ground.database_cpu_ms(), ground.listening_cpu_ms()
    began = time.perf_counter()

    async def go_on(chatter: Chatter) -> None:
        while time.perf_counter() - began < SATURATED_S:
            await chatter.send()

    await asyncio.gather(*(go_on(chatter) for chatter in chatters))
    took = time.perf_counter() - began
    await asyncio.sleep(0.3)
    sent = sum(len(chatter.answers) for chatter in chatters)
    delivered = sum(len(chatter.delays) for chatter in chatters)
    return {
        "messages_per_s": sent / took,
        "undelivered": sent - delivered,
        "failures": sum(chatter.failures for chatter in chatters),
        "server_cpu_ms": (ground.server_cpu_ms() - server) / sent,
        "database_cpu_ms": (ground.database_cpu_ms() - database) / sent,
        "listening_cpu_ms": (ground.listening_cpu_ms() - heard) / sent,
    }


async def _pace(chatters: list[Chatter], per_s: int) -> list[float]:
    """Delays from request to delivery while so many messages a second are sent, evenly."""
    await _begin(chatters)
    began = time.perf_counter()
    sending: set[asyncio.Task[None]] = set()
    for number in range(int(per_s * PACED_S)):
        wait = began + number / per_s - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        chatter = chatters[number % len(chatters)]
        task = asyncio.create_task(chatter.send())
        sending.add(task)
        task.add_done_callback(sending.discard)
    await asyncio.gather(*sending)
    await asyncio.sleep(0.5)
    return [delay for chatter in chatters for delay in chatter.delays]


def _figures(
    rounds: list[dict[str, float]], limits: list[tuple[float, float]], paced: dict[int, list[float]]
) -> dict[str, Any]:
    per_s = median(one["messages_per_s"] for one in rounds)
    limit, batch = median(one for one, _ in limits), median(one for _, one in limits)
    server = median(one["server_cpu_ms"] for one in rounds)
    database = median(one["database_cpu_ms"] for one in rounds)
    return {
        "messages_per_s": round(per_s, 1),
        "limit_per_s": round(limit, 1),
        "ratio": round(per_s / limit, 3),
        "batch_limit_per_s": round(batch, 1),
        "batch_ratio": round(per_s / batch, 3),
        "cpu_ms": round(server + database, 4),
        "server_cpu_ms": round(server, 4),
        "database_cpu_ms": round(database, 4),
        "listening_cpu_ms": round(median(one["listening_cpu_ms"] for one in rounds), 4),
        "p50_ms_at_20": round(quantile(paced[20], 0.5), 2),
        "p99_ms_at_20": round(quantile(paced[20], 0.99), 2),
        "p50_ms_at_200": round(quantile(paced[200], 0.5), 2),
        "p99_ms_at_200": round(quantile(paced[200], 0.99), 2),
        "undelivered": int(sum(one["undelivered"] for one in rounds)),
        "failures": int(sum(one["failures"] for one in rounds)),
        "rounds": [{name: round(value, 3) for name, value in one.items()} for one in rounds],
    }
