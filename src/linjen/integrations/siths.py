"""Staff sign-in with a SITHS card: an OpenID Connect client that believes only what it has checked.

Authorization code with PKCE against the region's identity provider (OpenID Connect Core 1.0, RFC 6749, 7636, 9207).
The card itself is the provider's business. Here a sign-in ends in a service id (employeeHsaId) at the assurance level
that the installation demands, or in a refusal with a reason. `sub` is transient at the provider and never used.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import msgspec

from linjen.core import clock
from linjen.core.errors import Misconfigured, Refused, Unavailable
from linjen.core.settings import Settings
from linjen.integrations import siths_token
from linjen.integrations.http_line import Line
from linjen.integrations.siths_provider import UNAVAILABLE, ProviderFacts, ProviderLine, Tokens

# A person may have to fetch the card; a page left open over lunch starts again.
PENDING_FOR = timedelta(minutes=15)

# Asked for in the id-token. Only the service id: asking for an assignment too would make the provider put that
# question, and here the local account decides what a person may do. Names are for the screen alone.
CLAIMS = {"employeeHsaId": {"essential": True}, "given_name": None, "family_name": None}


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in under way. The web layer keeps it on the server, bound to the browser, and uses it once."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    begun_at: datetime
    fresh: bool = False


class StaffIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who the provider vouches for. `employee_hsa_id` is upper case and the only field that names an account."""

    employee_hsa_id: str
    given_name: str
    family_name: str
    acr: str
    authenticated_at: datetime | None = None
    id_token_sid: str | None = None


class Siths:
    """A client of one identity provider; one object a process, shared by all sign-ins."""

    def __init__(self, line: ProviderLine, acr: str) -> None:
        self.line = line
        self.acr = acr

    @classmethod
    def from_settings(cls, settings: Settings, *, line: Line | None = None) -> Self:
        """The client that the settings describe. Raises Misconfigured when one of them is missing or wrong."""
        for name in ("staff_issuer", "staff_client_id", "staff_client_secret", "staff_acr"):
            if not getattr(settings, name):
                raise Misconfigured("setting_missing", setting=name, why="staff sign-in needs it")
        provider = ProviderLine(settings.staff_issuer, settings.staff_client_id, settings.staff_client_secret, line)
        return cls(provider, settings.staff_acr)

    async def aclose(self) -> None:
        """Close the connections to the provider."""
        await self.line.aclose()

    async def begin(self, redirect_uri: str, *, fresh: bool = False) -> tuple[str, Pending]:
        """Where to send the browser (with a GET), and what to keep until it comes back.

        `fresh` demands that the person signs in anew even when the provider remembers her, as after a locked session.
        Raises Unavailable when the provider cannot be reached.
        """
        facts = await self.line.discover()
        pending = Pending(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            begun_at=clock.now(),
            fresh=fresh,
        )
        glue = "&" if urlsplit(facts.authorization_endpoint).query else "?"
        return facts.authorization_endpoint + glue + urlencode(self._question(pending)), pending

    def _question(self, pending: Pending) -> dict[str, str]:
        claims: dict[str, Any] = dict(CLAIMS)
        if pending.fresh:
            claims["auth_time"] = {"essential": True}
        question = {
            "response_type": "code",
            "client_id": self.line.client_id,
            "redirect_uri": pending.redirect_uri,
            "scope": "openid",
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": _challenge(pending.verifier),
            "code_challenge_method": "S256",
            "acr_values": self.acr,
            "claims": msgspec.json.encode({"id_token": claims}).decode(),
            "ui_locales": "sv",
        }
        return question | ({"prompt": "login"} if pending.fresh else {})

    async def finish(self, pending: Pending, params: Mapping[str, str]) -> StaffIdentity:
        """Turn the query that the browser came back with into a checked identity.

        Raises Refused with `state_mismatch`, `sign_in_too_old`, `sign_in_cancelled`, `sign_in_failed`, `code_refused`,
        `token_invalid` (`why` says which check), `not_fresh`, `assurance_too_low` or `no_hsa_id`; Unavailable when the
        provider is down or does not accept this client.
        """
        if not secrets.compare_digest(params.get("state", "").encode(), pending.state.encode()):
            raise Refused("state_mismatch")
        at = clock.now()
        if at - pending.begun_at > PENDING_FOR:
            raise Refused("sign_in_too_old")
        facts = await self.line.discover()
        code = _code_from(params, facts)
        tokens = await self.line.redeem(code, redirect_uri=pending.redirect_uri, verifier=pending.verifier)
        claims = await self._checked_claims(tokens, facts, pending.nonce)
        return _identity(claims, pending, self.acr)

    async def _checked_claims(self, tokens: Tokens, facts: ProviderFacts, nonce: str) -> dict[str, Any]:
        header = siths_token.read_header(tokens.id_token, facts.id_token_signing_alg_values_supported)
        key = siths_token.find_key(await self.line.read_keys(), header)
        if key is None:  # the provider may have changed keys since we looked
            key = siths_token.find_key(await self.line.read_keys(again=True), header)
        claims = siths_token.open_signed(tokens.id_token, header, key)
        siths_token.check_claims(
            claims, issuer=facts.issuer, client_id=self.line.client_id, nonce=nonce, at=clock.now()
        )
        if tokens.access_token is not None:
            siths_token.check_at_hash(claims, header["alg"], tokens.access_token)
        return claims


def _identity(claims: Mapping[str, Any], pending: Pending, required_acr: str) -> StaffIdentity:
    """The person in a token that has passed its checks, when level, freshness and service id are as demanded."""
    if claims.get("acr") != required_acr:
        raise Refused("assurance_too_low")
    authenticated_at = siths_token.read_time(claims, "auth_time")
    if pending.fresh and (authenticated_at is None or authenticated_at < pending.begun_at - siths_token.LEEWAY):
        raise Refused("not_fresh")
    sid = claims.get("sid")
    return StaffIdentity(
        employee_hsa_id=siths_token.read_hsa_id(claims),
        given_name=siths_token.read_text(claims, "given_name"),
        family_name=siths_token.read_text(claims, "family_name"),
        acr=required_acr,
        authenticated_at=authenticated_at,
        id_token_sid=sid if isinstance(sid, str) else None,
    )


def _code_from(params: Mapping[str, str], facts: ProviderFacts) -> str:
    """The code in the answer, or the refusal that the answer is. `iss` guards against a mix-up (RFC 9207)."""
    iss = params.get("iss")
    if iss != facts.issuer and (iss is not None or facts.authorization_response_iss_parameter_supported):
        raise Refused("sign_in_failed", why="iss")
    problem = params.get("error")
    if problem == "access_denied":
        raise Refused("sign_in_cancelled")
    if problem in {"server_error", "temporarily_unavailable"}:
        raise Unavailable(UNAVAILABLE, step="authorization", why=problem)
    if problem or not params.get("code"):
        raise Refused("sign_in_failed", why=problem or "no_code")
    return params["code"]


def _challenge(verifier: str) -> str:
    """PKCE S256: the hash that goes through the browser, of the secret that stays (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")
