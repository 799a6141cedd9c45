"""`linjen bench interview`: what the triage costs by itself, and answers by HTTP that are saved for good.

By HTTP an answer is one form of a question page: session, token, policy, access log, the interview's step, the sealed
draft, the commit and the redirect. Server and database share one core, the load has the other. Measured in turn: forms
alone, forms with the next page fetched as browsers do, and two limits that write the same rows by a bare loop.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import mean, median
from typing import Any

import asyncpg
import msgspec

from linjen.bench.answerers import Answerer, Script, make_scripts, reset
from linjen.bench.ground import Ground, on_cores, quantile
from linjen.bench.interviewees import interviewees
from linjen.bench.limits import batch_limit, commit_limit
from linjen.triage import load

BROWSERS = 60
DRAFTS = 10  # for each contact reason; as many as are answered in one round
WARM = 60  # drafts answered first, so that no page is drawn for the first time while it is measured
ROUNDS = 3
SECONDS = 6.0
LOADS = 5
_OLDEST_CHILD = 13  # from this age on residents write for themselves


async def run() -> dict[str, Any]:
    """All figures; times in milliseconds unless their name says seconds."""
    ground = Ground()
    try:
        figures = await asyncio.to_thread(_alone, ground)
        await ground.open()
        db = await ground.connect()
        people = interviewees(load(), DRAFTS, from_age=_OLDEST_CHILD, picks=True)
        scripts = await make_scripts(db, ground.sealer, load(), people)
        await ground.start_server()
        await _answer(ground, db, scripts[:WARM], see_pages=True)
        rounds: list[dict[str, float]] = []
        limits: list[tuple[float, float]] = []
        for _ in range(ROUNDS):
            rounds.append(await _answer(ground, db, scripts, see_pages=False))
            rounds.append(await _answer(ground, db, scripts, see_pages=True))
            cases = [script.case_id for script in scripts]
            limits.append(
                (await commit_limit(ground, cases, "answer"), await batch_limit(ground, cases, "answer"))
            )  # fmt: skip
        await db.close()
        return {**figures, **_by_http(rounds, limits)}
    finally:
        ground.close()


def _part(ground: Ground, name: str) -> dict[str, Any]:
    """One part of bench/triage_costs.py, in a fresh process on the server's core."""
    with on_cores(ground.server_cores):
        done = subprocess.run(
            [sys.executable, "-m", "linjen.bench.triage_costs", name], stdout=subprocess.PIPE, check=True
        )
    return dict(msgspec.json.decode(done.stdout))


def _alone(ground: Ground) -> dict[str, Any]:
    """The triage without HTTP and database."""
    first, *loads = [_part(ground, "load_first"), *(_part(ground, "load") for _ in range(LOADS + 1))]
    loads = loads[1:]  # the first of them may have had to keep what was learned
    without, loaded = _part(ground, "memory_without"), _part(ground, "memory_with")
    texts, turns = _part(ground, "texts"), _part(ground, "turns")

    def middle(name: str) -> float:
        return round(float(median(one[name] for one in loads)), 3)

    return {
        "next_p99_ms": _ms(turns["cpu"], 0.99), "next_p50_ms": _ms(turns["cpu"], 0.5),
        "next_p99_wall_ms": _ms(turns["wall"], 0.99), "page_p99_ms": _ms(turns["page"], 0.99),
        "assess_p99_ms": _ms(turns["assess"], 0.99), "turns": len(turns["cpu"]), "interviews": len(turns["pages"]),
        "match_ms": round(mean(texts["cpu"]), 3), "match_p50_ms": _ms(texts["cpu"], 0.5),
        "match_p99_ms": _ms(texts["cpu"], 0.99), "match_wall_ms": round(mean(texts["wall"]), 3),
        "match_4000_letters_ms": round(texts["long"], 2), "texts": len(texts["cpu"]),
        "letters_p50": texts["letters"][len(texts["letters"]) // 2],
        "load_s": middle("load_s"), "load_first_s": round(first["load_s"], 3),
        "load_protocols_s": middle("load_protocols_s"),
        "load_lexicon_s": middle("load_lexicon_s"), "load_cpu_s": middle("load_cpu_s"), "import_s": middle("import_s"),
        "reasons": loads[0]["reasons"],
        "memory_mb": round((loaded["kb"] - without["kb"]) / 1024, 1),
        "memory_in_use_mb": round((loaded["used_kb"] - without["kb"]) / 1024, 1),
    }  # fmt: skip


def _ms(values: Sequence[float], share: float) -> float:
    return round(quantile(list(values), share), 3)


async def _answer(
    ground: Ground, db: asyncpg.Connection[asyncpg.Record], scripts: list[Script], *, see_pages: bool
) -> dict[str, float]:
    """Browsers that answer without pause, each draft once, until time or drafts are used up."""
    await reset(db, scripts)
    browsers = [Answerer(ground.url) for _ in range(BROWSERS)]
    for browser in browsers:
        await browser.connect()
    waiting = list(scripts)
    server, database = ground.server_cpu_ms(), ground.database_cpu_ms()
    began = time.perf_counter()
    ended = began

    async def go_on(browser: Answerer) -> int:
        nonlocal ended
        taken = 0
        while waiting and time.perf_counter() - began < SECONDS:
            taken += await browser.play(waiting.pop(), began + SECONDS, see_pages=see_pages)
            ended = time.perf_counter()
        return taken

    taken = sum(await asyncio.gather(*(go_on(browser) for browser in browsers)))
    server, database = ground.server_cpu_ms() - server, ground.database_cpu_ms() - database
    for browser in browsers:
        browser.close()
    posts = [one for browser in browsers for one in browser.posts]
    gets = [one for browser in browsers for one in browser.gets]
    saved = await db.fetchval(
        "select sum(version) from intakes where case_id = any($1::uuid[])", [script.case_id for script in scripts]
    )
    return {
        "see_pages": see_pages, "answers": taken, "answers_per_s": taken / (ended - began),
        "failures": sum(browser.failures for browser in browsers), "lost": taken - saved,
        "server_cpu_ms": server / taken, "database_cpu_ms": database / taken,
        "post_p50_ms": quantile(posts, 0.5), "post_p99_ms": quantile(posts, 0.99),
        "get_p50_ms": quantile(gets, 0.5) if gets else 0.0, "get_p99_ms": quantile(gets, 0.99) if gets else 0.0,
        "page_kb": sum(browser.page_bytes for browser in browsers) / 1000 / max(1, len(gets)),
    }  # fmt: skip


def _by_http(rounds: list[dict[str, float]], limits: list[tuple[float, float]]) -> dict[str, Any]:
    alone, both = ([one for one in rounds if one["see_pages"] == seen] for seen in (False, True))

    def middle(of: list[dict[str, float]], name: str, digits: int = 2) -> float:
        return round(median(one[name] for one in of), digits)

    per_s = middle(alone, "answers_per_s", 1)
    limit, batch = median(one for one, _ in limits), median(one for _, one in limits)
    return {
        "answers_per_s": per_s, "limit_per_s": round(limit, 1), "ratio": round(per_s / limit, 3),
        "batch_limit_per_s": round(batch, 1), "batch_ratio": round(per_s / batch, 3),
        "answers_with_pages_per_s": middle(both, "answers_per_s", 1), "browsers": BROWSERS,
        "server_cpu_ms": middle(alone, "server_cpu_ms", 3), "database_cpu_ms": middle(alone, "database_cpu_ms", 3),
        "server_cpu_ms_with_page": middle(both, "server_cpu_ms", 3),
        "database_cpu_ms_with_page": middle(both, "database_cpu_ms", 3),
        "post_p50_ms": middle(alone, "post_p50_ms"), "post_p99_ms": middle(alone, "post_p99_ms"),
        "get_p50_ms": middle(both, "get_p50_ms"), "get_p99_ms": middle(both, "get_p99_ms"),
        "page_kb": middle(both, "page_kb", 1),
        "answers": int(sum(one["answers"] for one in rounds)),
        "failures": int(sum(one["failures"] for one in rounds)), "lost": int(sum(one["lost"] for one in rounds)),
        "rounds": [{name: round(value, 3) for name, value in one.items()} for one in rounds],
    }  # fmt: skip
