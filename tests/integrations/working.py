"""A worker in a program of its own, to be killed in the middle of a job: it says when it begins one."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from linjen.core.jobs import Worker


async def _never_ends(data: dict[str, Any]) -> None:
    print(f"begun {data['n']}", flush=True)
    await asyncio.sleep(600)


if __name__ == "__main__":
    worker = Worker(sys.argv[1], heartbeat_s=1.0)
    worker.add("slow", _never_ends)
    asyncio.run(worker.run())
