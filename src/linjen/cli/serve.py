"""`linjen serve`: the program with the settings of the environment; the database by DSN or embedded."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from linjen.app import build_app, build_site, check_key_file
from linjen.cli.opening import make_first_keys
from linjen.core.collector import spare_the_collector
from linjen.core.logs import set_up_logging
from linjen.core.migrations import migrate
from linjen.core.postgres import Embedded
from linjen.core.settings import Settings, read_settings
from linjen.web.server import Server, listen


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No flags: everything is a setting."""
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    settings = read_settings()
    set_up_logging(sys.stderr, as_json=True)
    return uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        dsn, owner_dsn = settings.dsn, settings.owner_dsn
        if not dsn:
            make_first_keys(settings)
            postgres = Embedded(settings.data_dir)
            stack.callback(postgres.stop)
            await asyncio.to_thread(postgres.start)
            watching = asyncio.create_task(postgres.watch())
            stack.callback(watching.cancel)
            dsn, owner_dsn = postgres.app_dsn, postgres.owner_dsn
        if owner_dsn:
            await migrate(owner_dsn, urlsplit(dsn).username or "linjen_app")
        check_key_file(settings.master_key_file or Path(settings.data_dir) / "keys" / "master.key")
        site = build_site(settings, dsn)
        listener = listen(settings.host, settings.port)
        server = Server(build_app(site), listener, end_streams=site.hub.end_streams, proxies=settings.trusted_proxies)
        await server.start()
        spare_the_collector()
        stack.push_async_callback(server.stop)
        await stopping.wait()
    return 0
