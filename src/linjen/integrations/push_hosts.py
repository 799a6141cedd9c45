"""Where a push may be sent: https to the push services on the list, to a public address that was looked up here."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import httpx

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


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the address that was checked, not to what the name may mean a moment later; the certificate is the
    host's all the same.
    """

    def __init__(self, locate: Locate = look_up, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._locate = locate
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=0)
        self._inner = inner or httpx.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.ConnectError for a host without a public address."""
        host = request.url.host
        if request.url.scheme != "https":
            raise httpx.ConnectError("not https", request=request)
        try:
            addresses = public_addresses(await self._locate(host))
        except (OSError, ValueError):
            raise httpx.ConnectError("unknown host", request=request) from None
        if not addresses:
            raise httpx.ConnectError("no public address", request=request)
        request.url = request.url.copy_with(host=addresses[0])  # the Host header was written from the name
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Let connections go."""
        await self._inner.aclose()
