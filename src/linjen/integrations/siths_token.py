"""The id-token of staff sign-in: signature, claims and hash, each check refusing with its own name.

Pure functions; the rules are those of OpenID Connect Core 1.0, section 3.1.3.7, and RFC 8725. Every failed check is
`Refused("token_invalid", why=...)`, so that the screen says one thing and the log says which.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from linjen.core.errors import Invalid, Refused
from linjen.core.hsa_id import parse_hsa_id

# Clocks of two organisations differ a little; a token older than ten minutes was not made for this sign-in.
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)

# No `none`, and no HS*: with a shared secret a provider's published key could be turned into a signing key.
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
ALGORITHMS = tuple(kind + size for kind in _KEY_TYPES for size in ("256", "384", "512"))


def read_header(token: str, announced: Collection[str]) -> dict[str, Any]:
    """The token's header, when its algorithm is asymmetric and one that the provider has announced."""
    try:
        header: dict[str, Any] = dict(jws.extract_compact(token.encode("ascii"), registry=_registry()).headers())
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        _refuse("form")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in ALGORITHMS or alg not in announced:
        _refuse("alg")
    return header


def find_key(keys: Sequence[Mapping[str, Any]], header: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The published key (a JWK) that the header points at; without `kid` only a key that is alone in fitting."""
    alg = header["alg"]
    fitting = [
        key
        for key in keys
        if key.get("kty") == _KEY_TYPES[alg[:2]] and key.get("use", "sig") == "sig" and key.get("alg", alg) == alg
    ]
    if header.get("kid") is not None:
        fitting = [key for key in fitting if key.get("kid") == header["kid"]]
    return fitting[0] if len(fitting) == 1 else None


def open_signed(token: str, header: Mapping[str, Any], key: Mapping[str, Any] | None) -> dict[str, Any]:
    """The claims of a token whose signature `key` confirms, with no other algorithm than the header's."""
    if key is None:
        _refuse("unknown_key")
    try:
        opened = jwt.decode(token, import_key(dict(key)), algorithms=[header["alg"]], registry=_registry(header["alg"]))
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        _refuse("signature")
    return dict(opened.claims)


def check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, at: datetime) -> None:
    """Refuse a token made by somebody else, for somebody else, at another time or for another sign-in."""
    if claims.get("iss") != issuer:
        _refuse("iss")
    _check_audience(claims, client_id)
    expires, issued = read_time(claims, "exp"), read_time(claims, "iat")
    if expires is None or expires <= at - LEEWAY:
        _refuse("exp")
    if issued is None or not at - OLDEST <= issued <= at + LEEWAY:
        _refuse("iat")
    not_before = read_time(claims, "nbf")
    if not_before is not None and not_before > at + LEEWAY:
        _refuse("nbf")
    given = claims.get("nonce")
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), nonce.encode()):
        _refuse("nonce")


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        _refuse("aud")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != client_id:
        _refuse("azp")


def check_at_hash(claims: Mapping[str, Any], alg: str, access_token: str) -> None:
    """When the id-token carries at_hash, it must be that of the access token it came with."""
    if "at_hash" not in claims:
        return
    digest = hashlib.new("sha" + alg[2:], access_token.encode()).digest()
    expected = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    given = claims["at_hash"]
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), expected):
        _refuse("at_hash")


def read_time(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A NumericDate claim (seconds since 1970) in UTC, or None when it is missing or no such number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_text(claims: Mapping[str, Any], name: str) -> str:
    """A claim's text without surrounding space; empty when the provider sent none."""
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


def read_hsa_id(claims: Mapping[str, Any]) -> str:
    """The service id in its canonical spelling. Raises Refused("no_hsa_id") when it is missing or no HSA-id."""
    try:
        return parse_hsa_id(read_text(claims, "employeeHsaId"))
    except Invalid as error:
        raise Refused("no_hsa_id", why=error.reason) from error


def _registry(alg: str | None = None) -> jws.JWSRegistry:
    """Rules for the header: extra fields are let by (`crit` still binds), and a certificate chain has room."""
    registry = jws.JWSRegistry(algorithms=[alg] if alg else list(ALGORITHMS), strict_check_header=False)
    registry.max_header_length = 16_384
    return registry


def _refuse(why: str) -> NoReturn:
    raise Refused("token_invalid", why=why)
