"""`linjen bench NAME --json`: one measurement with its limit, from a database of its own that leaves nothing."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json

BENCHES = ("message", "ledger", "live", "interview", "shift", "login", "pages")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The name is all that is needed (house section 8)."""
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run one bench; the figures go to standard output."""
    figures = asyncio.run(importlib.import_module(f"linjen.bench.{arguments.name}").run())
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>20}  {value}")
    return 0
