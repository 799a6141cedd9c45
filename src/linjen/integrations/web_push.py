"""Web Push: a short text to a browser that asked for it, sealed for that browser alone (RFC 8030, 8188, 8291, 8292).

The push service between us and the browser belongs to the browser's maker. It sees when something is sent to which
subscription, and never what: the text is encrypted with a key that only the browser has, and padded to one length.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Self

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from linjen.core.errors import LinjenError, Misconfigured, Refused, Unavailable
from linjen.core.settings import Settings
from linjen.integrations.http_line import Answer, HttpLine, Line, LineError, NotSent
from linjen.integrations.push_hosts import DEFAULT_HOSTS, PublicOnly, check_endpoint, check_host_pattern

#: Seconds that a push service may take before what it did is uncertain.
PATIENCE_S: Final = 10.0
#: Every message is this long before it is encrypted, so that its length tells nothing.
_PADDED: Final = 512
_RECORD: Final = 4096
#: A token holds for less than the day that RFC 8292 allows, and is used again until it is half as old.
_TOKEN_S: Final = 12 * 3600
_TAKEN: Final = frozenset({200, 201, 202, 204})
_GONE: Final = frozenset({404, 410})
_CONTACT: Final = re.compile(r"mailto:[^\s@]+@[^\s@]+\.[^\s@]+|https://[^\s/]+\.[^\s/]+(/\S*)?")


class Gone(LinjenError):
    """The subscription has ended: nothing will ever reach it again."""


class Doubtful(LinjenError):
    """Whether the push service took it cannot be known; sending it again may show it twice."""


class Subscription(msgspec.Struct, frozen=True):
    """What a browser gives: its address at a push service, its public key and its secret, both base64url."""

    endpoint: str
    p256dh: str
    auth: str

    def __repr__(self) -> str:
        return "<Subscription>"


def encode(data: bytes) -> str:
    """Base64url without padding, as all of Web Push writes bytes."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of base64url, padded or not. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error


def check_keys(subscription: Subscription) -> None:
    """Raises ValueError unless both keys are what RFC 8291 says they are."""
    _point(subscription.p256dh)
    if len(decode(subscription.auth)) != 16:
        raise ValueError("auth is not 16 bytes")


def _point(text: str) -> ec.EllipticCurvePublicKey:
    data = decode(text)
    if len(data) != 65:
        raise ValueError("p256dh is not an uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def encrypt(
    plain: bytes, subscription: Subscription, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None,
    padded: int = 0,
) -> bytes:  # fmt: skip
    """The body of a push message: one record of aes128gcm with its header. `own` and `salt` are fresh for every message
    and given only by the tests of RFC 8291; `padded` is the least length before encryption, in bytes.
    """
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs = _point(subscription.p256dh)
    shared = own.exchange(ec.ECDH(), theirs)
    info = b"WebPush: info\x00" + _raw(theirs) + _raw(own.public_key())
    secret = _derive(shared, decode(subscription.auth), info, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", 12)
    record = plain + b"\x02" + b"\x00" * max(0, padded - len(plain) - 1)
    sender = _raw(own.public_key())
    header = salt + _RECORD.to_bytes(4, "big") + bytes([len(sender)]) + sender
    return header + AESGCM(key).encrypt(nonce, record, None)


class Vapid:
    """Our name towards push services: a key of our own, and tokens signed with it (RFC 8292)."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key = key
        self._contact = contact
        self._tokens: dict[str, tuple[float, str]] = {}
        #: What browsers are given when they subscribe, so that nobody else can send to them.
        self.public_key = encode(_raw(key.public_key()))

    @classmethod
    def read(cls, key: str, contact: str) -> Self:
        """From the settings. Raises Misconfigured with the setting's name, and never with a part of the key."""
        try:
            number = int.from_bytes(decode(key), "big") if len(decode(key)) == 32 else 0
            private = ec.derive_private_key(number, ec.SECP256R1())
        except ValueError:
            why = "must be a P-256 private key: 32 bytes as base64url, such as `linjen push-key` prints"
            raise Misconfigured("setting_invalid", setting="push_key", why=why) from None
        if not _CONTACT.fullmatch(contact):
            why = "must be mailto: or https: and where the push services reach whoever runs this"
            raise Misconfigured("setting_invalid", setting="push_contact", why=why)
        return cls(private, contact)

    def authorization(self, audience: str) -> str:
        """The header for a push service, by its origin."""
        now = time.time()
        made_at, token = self._tokens.get(audience, (0.0, ""))
        if now - made_at > _TOKEN_S / 2:
            token = self._sign(audience, int(now) + _TOKEN_S)
            self._tokens[audience] = now, token
        return f"vapid t={token}, k={self.public_key}"

    def _sign(self, audience: str, until: int) -> str:
        claims = {"aud": audience, "exp": until, "sub": self._contact}
        parts = ({"typ": "JWT", "alg": "ES256"}, claims)
        signed = ".".join(encode(json.dumps(one, separators=(",", ":")).encode()) for one in parts)
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def make_key() -> str:
    """A fresh key as the setting `push_key` holds it."""
    return encode(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


class WebPush:
    """The way out to the push services that are allowed."""

    def __init__(self, vapid: Vapid, hosts: Sequence[str], line: Line) -> None:
        self._vapid = vapid
        self.hosts = tuple(hosts)
        self._line = line
        self.public_key = vapid.public_key

    @classmethod
    def from_settings(cls, settings: Settings, line: Line | None = None) -> Self:
        """Raises Misconfigured for a key, a contact or a host that is none."""
        hosts = settings.push_hosts or DEFAULT_HOSTS
        for host in hosts:
            check_host_pattern(host)
        vapid = Vapid.read(settings.push_key, settings.push_contact)
        # Each push has a connection of its own, to an address that was checked for it.
        way_out = line or HttpLine(
            connect_s=PATIENCE_S, read_s=PATIENCE_S, total_s=2 * PATIENCE_S, connections=16, keep_s=0,
            resolver=PublicOnly(),
        )  # fmt: skip
        return cls(vapid, hosts, way_out)

    async def close(self) -> None:
        """Let connections go."""
        await self._line.close()

    async def send(self, to: Subscription, text: bytes, *, live_s: int, urgent: bool) -> None:
        """Hand over a message that the push service keeps for at most `live_s` seconds.

        Raises Gone, Refused('push_refused' or as check_endpoint), Doubtful, and Unavailable when it certainly was not
        taken and may be tried again, with `after_s` where the service says so.
        """
        origin = check_endpoint(to.endpoint, self.hosts)
        headers = {
            "authorization": self._vapid.authorization(origin), "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream", "ttl": str(live_s), "urgency": "high" if urgent else "normal",
            # What has not been shown yet is replaced by what is newer: a phone that was off says it once.
            "topic": "linjen",
        }  # fmt: skip
        body = encrypt(text, to, padded=_PADDED)
        try:
            answer = await self._line.ask("POST", to.endpoint, body=body, headers=headers, read=False)
        except NotSent as error:
            raise Unavailable("push_unreachable", why=error.why) from None
        except LineError as error:
            raise Doubtful("push_cut", why=error.why) from None
        _judge(answer)


def _judge(answer: Answer) -> None:
    status = answer.status
    if status in _TAKEN:
        return
    if status in _GONE:
        raise Gone("push_gone", status=status)
    if status == 429 or status >= 500:
        raise Unavailable("push_busy", status=status, after_s=_after_s(answer.headers.get("retry-after", "")))
    raise Refused("push_refused", status=status)


def _after_s(text: str) -> int:
    """Retry-After in seconds, a number or a date; 0 for none. An hour is as long as we believe."""
    try:
        wait = int(text) if text.isascii() and text.isdigit() else _until(text)
    except ValueError:
        return 0
    return min(max(wait, 0), 3600)


def _until(text: str) -> int:
    at = parsedate_to_datetime(text)
    return int((at - datetime.now(UTC)).total_seconds()) if at.tzinfo else 0
