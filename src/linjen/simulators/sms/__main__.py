"""`python -m linjen.simulators.sms`: run until a signal comes; one JSON line on standard output tells where."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from linjen.core.errors import Misconfigured
from linjen.simulators.sms.running import serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m linjen.simulators.sms", description=__doc__)
    parser.add_argument("--user", default="linjen")
    parser.add_argument("--password", default="make-believe")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    running = await serve(arguments.user, arguments.password, arguments.port)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    sys.stdout.write(json.dumps({"url": running.url, "phones_url": running.phones_url}) + "\n")
    sys.stdout.flush()
    await stopping.wait()
    await running.stop()


def main() -> int:
    """Exit code 0 after a signal, 2 when it refuses to start."""
    try:
        asyncio.run(_run(_arguments()))
    except Misconfigured as refusal:
        sys.stderr.write(f"{refusal.reason}: {refusal.detail}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
