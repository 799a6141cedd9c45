"""`python -m linjen.simulators.bankid`: run until a signal comes; one JSON line on standard output tells where."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from linjen.core.errors import Misconfigured
from linjen.simulators.bankid.running import serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m linjen.simulators.bankid", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the certificates are written")
    parser.add_argument("--persons", type=Path, required=True, help="JSON or TOML file with the people")
    parser.add_argument("--rp-port", type=int, default=0, help="port for relying parties (TLS); 0 takes a free one")
    parser.add_argument("--phone-port", type=int, default=0, help="port of the phone page; 0 takes a free one")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    running = await serve(arguments.folder, arguments.persons, arguments.rp_port, arguments.phone_port)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    sys.stdout.write(json.dumps(running.addresses()) + "\n")
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
