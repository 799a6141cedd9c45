"""The program under test: the same roof as in production, over a given database, on a free port."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

import uvloop

from linjen.app import build_app, build_site
from linjen.core.collector import spare_the_collector
from linjen.core.logs import set_up_logging
from linjen.core.settings import read_settings
from linjen.web import rate
from linjen.web.server import Server, listen


async def serve(folder: Path, dsn: str, more: dict[str, str]) -> None:
    """Serve until SIGTERM with `more` settings; prints its address when ready. Rate limits are counted but never
    reached.
    """
    set_up_logging(sys.stderr, as_json=True, level=logging.WARNING)
    for name in rate.LIMITS:
        rate.LIMITS[name] = (10**9, 1)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    environ = {f"LINJEN_{name.upper()}": value for name, value in more.items()}
    settings = read_settings(environ, data_dir=folder, public_url=url, demo=True)
    site = build_site(settings, dsn)
    server = Server(build_app(site), listener, end_streams=site.hub.end_streams)
    await server.start()
    spare_the_collector()
    print(url, flush=True)
    await stopping.wait()
    await server.stop()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]) if sys.argv[3:] else {}))
