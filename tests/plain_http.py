"""Browsers of the tests speak to this machine without TLS: they share one context that has read no authorities, which
takes longer than most requests.
"""

from __future__ import annotations

import ssl
from typing import Any

import httpx

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def plain_client(**rest: Any) -> httpx.AsyncClient:
    """A client for plain HTTP on this machine, whatever proxies its environment names; `rest` as httpx has it."""
    return httpx.AsyncClient(verify=NO_AUTHORITIES, trust_env=False, **rest)
