"""`python -m linjen.simulators.staff_idp`: run the simulated provider until it is told to end.

Prints one line of JSON, {"issuer": "http://127.0.0.1:N"}, when it is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from linjen.core.errors import Misconfigured
from linjen.simulators.staff_idp.running import serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="linjen.simulators.staff_idp", description=__doc__)
    parser.add_argument("--staff-file", type=Path, required=True, help="JSON list of card holders")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--client-secret", default=os.environ.get("LINJEN_STAFF_CLIENT_SECRET", ""))
    parser.add_argument("--redirect-uri", action="append", required=True, help="may be given several times")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    idp = await serve(
        arguments.staff_file, arguments.client_id, arguments.client_secret, arguments.redirect_uri, arguments.port
    )
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sys.stdout.write(json.dumps({"issuer": idp.issuer}) + "\n")
    sys.stdout.flush()
    await ended.wait()
    await idp.stop()


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
