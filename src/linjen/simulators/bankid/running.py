"""Start and stop the simulator: two servers on loopback, one for relying parties over TLS and one for the phone."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linjen.core.clock import now
from linjen.simulators import require_permission
from linjen.simulators.bankid.certificates import SigningChain, make_signing_chain, make_tls_files, pem
from linjen.simulators.bankid.orders import Clock, Orders
from linjen.simulators.bankid.persons import read_persons
from linjen.simulators.bankid.phone import Phone
from linjen.simulators.bankid.relying_party import BASE_PATH, Faults, relying_party_app
from linjen.simulators.serving import Serving, serve_app

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Running:
    """A started simulator: its addresses, the files a client needs, and `stop()`.

    `root_file` is the root that signed completions lead up to; `orders` is for tests in the same process.
    """

    rp_url: str
    phone_url: str
    ca_file: Path
    client_cert_file: Path
    client_key_file: Path
    root_file: Path
    orders: Orders
    servings: tuple[Serving, ...]

    async def stop(self) -> None:
        """Close both servers and wait until their ports are free."""
        await asyncio.gather(*(serving.stop() for serving in self.servings))

    def addresses(self) -> dict[str, str]:
        """What another process needs to know, as plain text."""
        names = ("rp_url", "phone_url", "ca_file", "client_cert_file", "client_key_file", "root_file")
        return {name: str(getattr(self, name)) for name in names}


async def serve(
    folder: Path,
    persons_file: Path,
    rp_port: int = 0,
    phone_port: int = 0,
    *,
    clock: Clock = now,
    allowed: bool = False,
) -> Running:
    """Start the simulator on 127.0.0.1; port 0 takes a free one. New certificates are written to `folder`.

    Raises Misconfigured when simulators may not run here or the persons cannot be read, OSError for a taken port.
    """
    require_permission(allowed=allowed)
    persons = read_persons(persons_file)
    files, chain = make_tls_files(folder, now()), make_signing_chain(now())
    orders, faults = Orders(clock), Faults()
    with _listening(rp_port) as rp_socket, _listening(phone_port) as phone_socket:
        rp_url = f"https://{_HOST}:{rp_socket.getsockname()[1]}{BASE_PATH}"
        phone_url = f"http://{_HOST}:{phone_socket.getsockname()[1]}"
        relying_party = await serve_app(
            relying_party_app(orders, faults), rp_socket, ssl_certfile=files.server_cert, ssl_keyfile=files.server_key,
            ssl_ca_certs=str(files.client_ca), ssl_cert_reqs=ssl.CERT_REQUIRED,
        )  # fmt: skip
        phone = await serve_app(Phone(orders, faults, persons, chain).app(), phone_socket)
    return Running(
        rp_url=rp_url,
        phone_url=phone_url,
        ca_file=files.server_ca,
        client_cert_file=files.client_cert,
        client_key_file=files.client_key,
        root_file=_write_root(folder, chain),
        orders=orders,
        servings=(relying_party, phone),
    )


def _write_root(folder: Path, chain: SigningChain) -> Path:
    path = folder / "signing_root.pem"
    path.write_bytes(pem(chain.root.certificate))
    return path


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """A bound socket, so that the port is known and ours before the server starts; closed if that fails."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((_HOST, port))
        yield sock
    except BaseException:
        sock.close()
        raise
