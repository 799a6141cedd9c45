"""`python -m linjen.simulators.rivta`: run the simulated national services until told to end.

Prints one line of JSON, {"url": "http://127.0.0.1:N/vp"}, when it is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from linjen.core.errors import Misconfigured
from linjen.simulators.rivta.running import TlsFiles, serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="linjen.simulators.rivta", description=__doc__)
    parser.add_argument("--data-file", type=Path, required=True, help="JSON with persons, custody and listings")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--schemas", type=Path, help="folder with the owners' schemas (or LINJEN_RIV_SCHEMAS)")
    parser.add_argument("--logical-address", action="append", default=[], help="known here; may be given several times")
    parser.add_argument("--cert-file", type=Path)
    parser.add_argument("--key-file", type=Path)
    parser.add_argument("--client-ca-file", type=Path, help="then a client certificate is demanded")
    return parser.parse_args()


async def _run(given: argparse.Namespace) -> None:
    tls = TlsFiles(given.cert_file, given.key_file, given.client_ca_file) if given.cert_file else None
    running = await serve(
        given.data_file, given.port, tls=tls, logical_addresses=given.logical_address, schemas=given.schemas
    )
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sys.stdout.write(json.dumps({"url": running.url}) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await running.stop()


def main() -> int:
    """Run; 2 when a setting is wrong, with its name and the reason on standard error."""
    try:
        asyncio.run(_run(_arguments()))
    except Misconfigured as error:
        sys.stderr.write(f"{error.detail['setting']}: {error.detail['why']}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
