"""`linjen demo`: the program with an embedded database, simulators and the seeded region."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import uvloop

from linjen.core.collector import spare_the_collector
from linjen.core.errors import LinjenError, Misconfigured
from linjen.core.logs import set_up_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags are a promise to others (house section 8)."""
    parser.add_argument("--port", type=int, default=8000, help="the public port (8000); 0 takes a free one")
    parser.add_argument("--data", type=Path, default=Path(".demo"), help="the data folder (.demo), kept between starts")
    parser.add_argument("--quiet", action="store_true", help="print nothing but the ready line")
    parser.add_argument("--lively", action="store_true", help="let simulated residents write in at a gentle pace")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; then stop everything that was started."""
    os.environ["LINJEN_SIMULATORS"] = "allowed"
    set_up_logging(
        sys.stderr, as_json=not sys.stderr.isatty(), level=logging.ERROR if arguments.quiet else logging.WARNING
    )
    try:
        return uvloop.run(_run(arguments))
    except OSError as error:
        print(f"linjen: port {arguments.port}: {error.strerror}", file=sys.stderr)
    except Misconfigured:
        raise
    except LinjenError as error:
        print(f"linjen: {_in_words(error, arguments.data)}", file=sys.stderr)
    return 1


def _in_words(error: LinjenError, folder: Path) -> str:
    if error.reason == "data_folder_in_use":
        return (
            f"the folder {folder.resolve()} is in use by another running program; stop that one, or choose another "
            "folder with --data DIR (and another port with --port N)"
        )
    return f"{error.reason} {error.detail.get('why', '')}".strip()


async def _run(arguments: argparse.Namespace) -> int:
    from linjen.demo.running import Demo  # noqa: PLC0415 - after the simulators were allowed

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    demo = Demo(arguments.data, arguments.port, lively=arguments.lively)
    await demo.start()
    spare_the_collector()
    try:
        if not arguments.quiet:
            _explain(demo.url, demo.simulators["bankid"].phone_url, demo.simulators["sms"].phones_url)
        print(f"ready {demo.url}", flush=True)
        await stopping.wait()
    finally:
        await demo.stop()
    return 0


def _explain(url: str, phone: str, phones: str) -> None:
    print(
        f"Invånare:  {url}/   (BankID-telefonen: {phone}/)\n"
        f"Personal:  {url}/clinic   (telefonerna som får sms: {phones})\n"
        "Allt är påhittat: region, människor och nummer. Avsluta med Ctrl-C.",
        flush=True,
    )
