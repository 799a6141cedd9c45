"""Where a push may be sent: https to the push services on the list, to a public address that was looked up here."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from linjen.core.errors import Misconfigured, Refused

#: The push services of the browsers that people have: Chrome and its kin, Firefox, Safari, Edge on Windows.
DEFAULT_HOSTS: Final = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com",
)  # fmt: skip
_LONGEST: Final = 1000
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST: Final = re.compile(rf"(\*\.)?({_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]")
#: An address that a browser may give: plain characters alone, so that no two programs read it differently.
_ENDPOINT: Final = re.compile(r"https://[A-Za-z0-9.-]+(:443)?/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")

Locate = Callable[[str], Awaitable[Sequence[str]]]


def check_host_pattern(text: str) -> None:
    """A host, or `*.` and a domain of at least two labels. Raises Misconfigured."""
    if not _HOST.fullmatch(text):
        why = (
            f"'{text}' is no host such as fcm.googleapis.com or *.push.apple.com, in small letters and without https://"
        )
        raise Misconfigured("setting_invalid", setting="push_hosts", why=why)


def check_endpoint(endpoint: str, hosts: Sequence[str]) -> str:
    """The origin of a subscription's address.

    Raises Refused('push_address') for what is no plain https address, 'push_host' for a host that is not on the list.
    """
    if len(endpoint) > _LONGEST or not _ENDPOINT.fullmatch(endpoint):
        raise Refused("push_address")
    host = (urlsplit(endpoint).hostname or "").lower()
    if not _HOST.fullmatch(host) or not any(_fits(host, pattern) for pattern in hosts):
        raise Refused("push_host")
    return f"https://{host}"


def _fits(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


async def look_up(host: str) -> list[str]:
    """The addresses of a host, as this machine's resolver gives them. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def public_addresses(addresses: Sequence[str]) -> list[str]:
    """Those that lead out into the world. One that leads into a network of ours is a lie of the name server's."""
    found = []
    for text in addresses:
        one = ipaddress.ip_address(text.partition("%")[0])
        inner = _inside(one)
        if one.is_global and not one.is_multicast and (inner is None or inner.is_global) and one not in _LOCAL_NAT64:
            found.append(text)
    return found


#: Networks that translate to IPv4: what an address there leads to stands in its last four bytes (RFC 6052, RFC 8215).
_NAT64, _LOCAL_NAT64 = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48")


def _inside(one: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address carries, where it carries one."""
    if isinstance(one, ipaddress.IPv4Address):
        return None
    return ipaddress.IPv4Address(one.packed[-4:]) if one in _NAT64 else one.ipv4_mapped or one.sixtofour


class PublicOnly(AbstractResolver):
    """Looks a name up for one connection and gives the address that was checked, to be connected to under the host's
    name and certificate; what the name may mean a moment later is never asked. Numbers are no names and do not come
    by here: check_endpoint refuses them.
    """

    def __init__(self, locate: Locate = look_up) -> None:
        self._locate = locate

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """One address. Raises OSError for a host without a public one."""
        try:
            addresses = public_addresses(await self._locate(host))
        except ValueError:
            raise OSError("the name server gave what is no address") from None
        if not addresses:
            raise OSError("no public address")
        kind = socket.AF_INET6 if ":" in addresses[0] else socket.AF_INET
        return [ResolveResult(hostname=host, host=addresses[0], port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        """There is nothing to close."""
