"""Starts and stops the simulated services on this machine, where simulators are allowed."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from linjen.simulators import require_permission
from linjen.simulators.rivta.mischief import Mischief
from linjen.simulators.rivta.register import read_register
from linjen.simulators.rivta.schemas import checks
from linjen.simulators.rivta.site import BASE_PATH, Site
from linjen.simulators.serving import Serving, serve_app

_HOST = "127.0.0.1"


class TlsFiles(NamedTuple):
    """The server's certificate and key, and whose clients it lets in; without that anybody."""

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None


class Running:
    """A started simulator: `url` is what `rivta_url` is set to; `site` is for tests in the same process."""

    def __init__(self, url: str, site: Site, serving: Serving) -> None:
        self.url = url
        self.site = site
        self._serving = serving

    def tell(self, mischief: Mischief) -> None:
        """Misbehave as told; the same can be had by POST to `/control`."""
        self.site.mischiefs.tell(mischief)

    async def stop(self) -> None:
        """Close the server and wait until its port is free. Harmless the second time."""
        await self._serving.stop()


async def serve(
    data_file: Path,
    port: int = 0,
    *,
    tls: TlsFiles | None = None,
    logical_addresses: Iterable[str] = (),
    schemas: Path | None = None,
    allowed: bool = False,
) -> Running:
    """Start on 127.0.0.1 (port 0: a free one) and return when it answers.

    `schemas` is a folder with the owners' schemas, by default the one that LINJEN_RIV_SCHEMAS names, if any.
    Raises Misconfigured when simulators may not run here or a file is no good, OSError for a taken port.
    """
    require_permission(allowed=allowed)
    folder = schemas or (Path(os.environ["LINJEN_RIV_SCHEMAS"]) if os.environ.get("LINJEN_RIV_SCHEMAS") else None)
    site = Site(read_register(data_file), checks(folder), frozenset(logical_addresses))
    listener = socket.create_server((_HOST, port))
    address = f"{'https' if tls else 'http'}://{_HOST}:{listener.getsockname()[1]}{BASE_PATH}"
    serving = await serve_app(
        site,
        listener,
        ssl_certfile=tls.cert_file if tls else None,
        ssl_keyfile=tls.key_file if tls else None,
        ssl_ca_certs=str(tls.client_ca_file) if tls and tls.client_ca_file else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.client_ca_file else ssl.CERT_NONE,
    )
    return Running(address, site, serving)
