"""The provider's side of OpenID Connect: what it checks in a question, and how a code becomes an id-token.

Knows nothing of HTTP. Follows OpenID Connect Core 1.0 for the code flow, with PKCE S256 compulsory (RFC 7636), `iss` in
the answer (RFC 9207) and single-use codes. Written apart from Linjen's client, so that the two can disagree.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus, urlencode

import msgspec
from joserfc import jwt
from joserfc.jwk import RSAKey

from linjen.core import clock
from linjen.simulators.staff_idp.card_holders import LOA3, CardHolder

CODE_LIFE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=5)


class OAuthError(Exception):
    """A question refused, with OAuth's own error code. Told to the client, unless its address is in doubt."""

    def __init__(self, error: str, why: str, *, to_client: bool = True) -> None:
        super().__init__(error)
        self.error = error
        self.why = why
        self.to_client = to_client


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A checked authorization request."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    wanted: frozenset[str]


class _Grant(msgspec.Struct, frozen=True, kw_only=True):
    question: Question
    holder: CardHolder
    authenticated_at: datetime
    expires_at: datetime


class Provider:
    """One issuer with one client and one RS256 key, made at start and never written down."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        redirect_uris: Sequence[str],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self.redirect_uris = frozenset(redirect_uris)
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": secrets.token_hex(8)})
        self._secret = client_secret
        self._now = now
        self._grants: dict[str, _Grant] = {}

    def describe(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks.json",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile"],
            "claims_supported": ["sub", "acr", "auth_time", "employeeHsaId", "given_name", "family_name", "name"],
            "claims_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "acr_values_supported": [LOA3],
            "prompt_values_supported": ["login"],
            "authorization_response_iss_parameter_supported": True,
            "ui_locales_supported": ["sv"],
        }

    def publish_keys(self) -> dict[str, Any]:
        """The JWKS: the public half of the key."""
        return {"keys": [self.key.as_dict(private=False)]}

    def read_question(self, params: Mapping[str, str]) -> Question:
        """Check an authorization request. Raises OAuthError."""
        self.check_sender(params)
        if params.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code")
        scopes = params.get("scope", "").split()
        if "openid" not in scopes:
            raise OAuthError("invalid_scope", "scope must hold openid")
        if params.get("code_challenge_method") != "S256" or len(params.get("code_challenge", "")) != 43:
            raise OAuthError("invalid_request", "PKCE with S256 is compulsory")
        if "none" in params.get("prompt", "").split():
            raise OAuthError("login_required", "a card must be chosen")
        return Question(
            redirect_uri=params["redirect_uri"],
            state=params.get("state", ""),
            nonce=params.get("nonce", ""),
            challenge=params["code_challenge"],
            wanted=_wanted_claims(scopes, params.get("claims", "")),
        )

    def check_sender(self, params: Mapping[str, str]) -> None:
        """Refuse a client or a way back that is not registered; nobody is sent to an address in doubt."""
        if params.get("client_id") != self.client_id:
            raise OAuthError("invalid_client", "client_id is not registered", to_client=False)
        if params.get("redirect_uri") not in self.redirect_uris:
            raise OAuthError("invalid_request", "redirect_uri is not registered", to_client=False)

    def answer(self, question: Question, holder: CardHolder) -> str:
        """Where the browser goes when a card has been chosen: back, with a code."""
        at = self._now()
        self._grants = {code: grant for code, grant in self._grants.items() if grant.expires_at > at}
        code = secrets.token_urlsafe(32)
        self._grants[code] = _Grant(question=question, holder=holder, authenticated_at=at, expires_at=at + CODE_LIFE)
        return self._way_back(question.redirect_uri, {"code": code, "state": question.state})

    def refuse(self, params: Mapping[str, str], error: OAuthError) -> str:
        """Where the browser goes with a refusal; only for a sender that check_sender lets by."""
        fields = {"error": error.error, "error_description": error.why, "state": params.get("state", "")}
        return self._way_back(params["redirect_uri"], fields)

    def _way_back(self, redirect_uri: str, fields: dict[str, str]) -> str:
        kept = {name: value for name, value in fields.items() if value} | {"iss": self.issuer}
        return redirect_uri + ("&" if "?" in redirect_uri else "?") + urlencode(kept)

    def redeem(self, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
        """A token request's answer. A code is gone once it has been shown here, whatever the outcome."""
        self._authenticate(form, authorization)
        if form.get("grant_type") != "authorization_code":
            raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code")
        grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or self._now() >= grant.expires_at:
            raise OAuthError("invalid_grant", "the code is unknown, used or too old")
        if form.get("redirect_uri") != grant.question.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri differs from that of the question")
        if not hmac.compare_digest(_hash(form.get("code_verifier", "")), grant.question.challenge):
            raise OAuthError("invalid_grant", "code_verifier does not fit the challenge")
        access_token = secrets.token_urlsafe(32)
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "scope": "openid",
            "id_token": self.sign(self._claims(grant, access_token)),
        }

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JWT over the claims with the provider's own key."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid, "typ": "JWT"}, dict(claims), self.key)

    def _authenticate(self, form: Mapping[str, str], authorization: str) -> None:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization:
            if secret:
                raise OAuthError("invalid_request", "the client shows its secret in two ways")
            client_id, secret = _read_basic(authorization)
        known = hmac.compare_digest(client_id.encode(), self.client_id.encode())
        if not (hmac.compare_digest(secret.encode(), self._secret.encode()) and known):
            raise OAuthError("invalid_client", "the client is unknown or its secret is wrong")

    def _claims(self, grant: _Grant, access_token: str) -> dict[str, Any]:
        at, holder = int(self._now().timestamp()), grant.holder
        asked = {
            "employeeHsaId": holder.employee_hsa_id,
            "given_name": holder.given_name,
            "family_name": holder.family_name,
            "name": holder.name,
        }
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": secrets.token_urlsafe(16),  # transient, as at the real provider: nobody can lean on it
            "aud": self.client_id,
            "exp": at + int(TOKEN_LIFE.total_seconds()),
            "iat": at,
            "auth_time": int(grant.authenticated_at.timestamp()),
            "jti": secrets.token_urlsafe(16),
            "sid": secrets.token_urlsafe(16),
            "acr": holder.acr,
            "at_hash": _half_hash(access_token),
        }
        if grant.question.nonce:
            claims["nonce"] = grant.question.nonce
        return claims | {name: value for name, value in asked.items() if value and name in grant.question.wanted}


def _wanted_claims(scopes: Sequence[str], text: str) -> frozenset[str]:
    """The claims to put in the id-token: those of the `claims` parameter, and the names by the profile scope."""
    wanted = {"given_name", "family_name", "name"} if "profile" in scopes else set()
    try:
        asked = msgspec.json.decode(text or "{}", type=dict[str, dict[str, Any] | None])
    except msgspec.DecodeError as error:
        raise OAuthError("invalid_request", "claims is no JSON object of objects") from error
    return frozenset(wanted | set(asked.get("id_token") or {}))


def _read_basic(authorization: str) -> tuple[str, str]:
    """Client id and secret from HTTP Basic, each form-decoded (RFC 6749, 2.3.1)."""
    scheme, _, rest = authorization.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")
    except ValueError as error:
        raise OAuthError("invalid_client", "unreadable Authorization header") from error
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", "only Basic is known")
    return unquote_plus(client_id), unquote_plus(secret)


def _hash(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _half_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
