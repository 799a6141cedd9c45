"""Starts and stops the simulated provider on this machine, and refuses to start anywhere that has not allowed it."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from linjen.core.errors import Misconfigured
from linjen.simulators.serving import Serving, serve_app
from linjen.simulators.staff_idp.card_holders import read_card_holders
from linjen.simulators.staff_idp.protocol import Provider
from linjen.simulators.staff_idp.site import build_site


class StaffIdp:
    """A provider that is up. `issuer` is its address; `provider` is there for tests that need its key."""

    def __init__(self, provider: Provider, serving: Serving) -> None:
        self.issuer = provider.issuer
        self.provider = provider
        self._serving = serving

    async def stop(self) -> None:
        """Take no more questions and wait until the port is free. Harmless the second time."""
        await self._serving.stop()


async def serve(
    staff_file: Path, client_id: str, client_secret: str, redirect_uris: Sequence[str], port: int = 0
) -> StaffIdp:
    """Start the provider on 127.0.0.1 (port 0: a free one) and return when it answers.

    Raises Misconfigured without LINJEN_SIMULATORS=allowed in the environment, or when the staff file is no good.
    """
    if os.environ.get("LINJEN_SIMULATORS") != "allowed":
        why = "a simulator lets anybody in; only the demo and the tests set it to allowed"
        raise Misconfigured("simulators_not_allowed", setting="LINJEN_SIMULATORS", why=why)
    holders = read_card_holders(staff_file)
    listener = socket.create_server(("127.0.0.1", port))
    provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}", client_id, client_secret, redirect_uris)
    return StaffIdp(provider, await serve_app(build_site(provider, holders), listener, lifespan="auto"))
