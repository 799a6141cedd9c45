"""The line to the staff identity provider: discovery, published keys and the token endpoint, over HTTP.

What is read is checked for shape and kept for an hour; whatever the line cannot deliver becomes Unavailable with the
step and the reason, never an exception of the HTTP library.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec

from linjen.core import clock
from linjen.core.errors import Misconfigured, Refused, Unavailable
from linjen.integrations.http_line import Answer, HttpLine, Line, LineError

UNAVAILABLE = "staff_provider_unavailable"
# Long enough that a sign-in costs one call, short enough that a key the provider withdraws is gone the same morning.
CACHE_FOR = timedelta(hours=1)
_PATIENCE_S = 10.0

_Shape = TypeVar("_Shape")


class ProviderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What discovery must say; the defaults are those of OpenID Connect Discovery 1.0."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """The token endpoint's answer; nothing in it is checked yet."""

    id_token: str
    access_token: str | None = None


class _TokenError(msgspec.Struct, frozen=True):
    error: str = "unknown"


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class ProviderLine:
    """Our side of the line to one provider. Safe to share between sign-ins that run at the same time."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, line: Line | None = None) -> None:
        _require_private_line(issuer)
        self.issuer = issuer
        self.client_id = client_id
        self._secret = client_secret
        self._line = line or HttpLine(connect_s=_PATIENCE_S, read_s=_PATIENCE_S, total_s=2 * _PATIENCE_S)
        self._facts: ProviderFacts | None = None
        self._facts_until: datetime | None = None
        self._keys: list[dict[str, Any]] = []
        self._keys_until: datetime | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def discover(self) -> ProviderFacts:
        """What the provider says of itself, at most an hour old."""
        # No lock here or below: two sign-ins that both fetch do no harm, but a queue behind a hanging provider would.
        if self._facts and self._facts_until and clock.now() < self._facts_until:
            return self._facts
        url = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        facts = await self._fetch(url, ProviderFacts, "discovery")
        if facts.issuer != self.issuer:
            raise Unavailable(UNAVAILABLE, step="discovery", why="issuer_differs")
        for endpoint in (facts.authorization_endpoint, facts.token_endpoint, facts.jwks_uri):
            if urlsplit(self.issuer).scheme == "https" and urlsplit(endpoint).scheme != "https":
                raise Unavailable(UNAVAILABLE, step="discovery", why="endpoint_without_tls")
        self._facts, self._facts_until = facts, clock.now() + CACHE_FOR
        return facts

    async def read_keys(self, *, again: bool = False) -> list[dict[str, Any]]:
        """The provider's published keys (JWKs), at most an hour old, or fetched now when `again`."""
        if again or self._keys_until is None or clock.now() >= self._keys_until:
            facts = await self.discover()
            self._keys = (await self._fetch(facts.jwks_uri, _KeySet, "keys")).keys
            self._keys_until = clock.now() + CACHE_FOR
        return self._keys

    async def redeem(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        """Swap a code for tokens. Raises Refused("code_refused") when it is used, too old or somebody else's."""
        facts = await self.discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        # Both are a shared secret over TLS. `post` goes first because it is what Inera's own applications use.
        if "client_secret_post" in facts.token_endpoint_auth_methods_supported:
            form |= {"client_id": self.client_id, "client_secret": self._secret}
        else:
            headers["Authorization"] = _basic(self.client_id, self._secret)
        answer = await self._ask("token", "POST", facts.token_endpoint, urlencode(form).encode("ascii"), headers)
        if answer.status == 200:
            return _decoded(answer.body, Tokens, "token")
        problem = _decoded(answer.body, _TokenError, "token").error
        if problem == "invalid_grant":
            raise Refused("code_refused")
        raise Unavailable(UNAVAILABLE, step="token", why=problem)

    async def _fetch(self, url: str, shape: type[_Shape], step: str) -> _Shape:
        answer = await self._ask(step, "GET", url)
        if answer.status != 200:
            raise Unavailable(UNAVAILABLE, step=step, why=f"status_{answer.status}")
        return _decoded(answer.body, shape, step)

    async def _ask(
        self, step: str, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        headers = {"Accept": "application/json", **(headers or {})}
        try:
            # A code is redeemed once: had it been, the second time is refused, which is no worse than a line cut off.
            return await self._line.ask(method, url, body=body, headers=headers, repeatable=True)
        except LineError as error:
            raise Unavailable(UNAVAILABLE, step=step, why=error.why) from error


def _require_private_line(issuer: str) -> None:
    """TLS to the provider, except on this very machine (the demo and the tests)."""
    parts = urlsplit(issuer)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}):
        return
    raise Misconfigured("setting_invalid", setting="staff_issuer", why="must start with https://")


def _decoded(content: bytes, shape: type[_Shape], step: str) -> _Shape:
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unavailable(UNAVAILABLE, step=step, why="unreadable_answer") from error


def _basic(client_id: str, secret: str) -> str:
    """HTTP Basic as OAuth spells it: both halves form-encoded first (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
