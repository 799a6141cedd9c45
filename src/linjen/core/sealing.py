"""Sealing of content at rest: AES-256-GCM with a key per purpose, and blind indexes for exact look-up.

A sealed value is 2 bytes of key id, 12 bytes of nonce, then the ciphertext with its tag. The associated data binds
a value to its row, so that two sealed values cannot be swapped. Losing the key file means losing the content.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from linjen.core.errors import LinjenError, Misconfigured

#: `id:base64`; an id fits in the two bytes before a sealed value.
_KEY_LINE = re.compile(r"([0-9]{1,4}):([A-Za-z0-9+/=]+)")

_NONCE = 12
_KEY_ID = 2


class Broken(LinjenError):
    """A sealed value was altered, moved to another row, or sealed with a key that is not here."""


def make_key_file(path: Path) -> None:
    """Write a fresh key file, readable by its owner alone; an existing file is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(line)


def read_key_file(path: Path) -> dict[int, bytes]:
    """Key id -> 32 bytes, in the file's order: the first seals, all of them unseal. Lines are `id:base64`."""
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, ValueError) as error:
        raise Misconfigured("key_file_unreadable", setting="master_key_file", why=f"{path}: {error}") from error
    keys: dict[int, bytes] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _KEY_LINE.fullmatch(line.strip())
        key = _decoded(found[2]) if found else b""
        if found is None or len(key) != 32 or int(found[1]) in keys:
            raise Misconfigured("key_file_wrong", setting="master_key_file", why=_wrong_line(path, number))
        keys[int(found[1])] = key
    if not keys:
        raise Misconfigured("key_file_wrong", setting="master_key_file", why=f"{path} holds no key")
    return keys


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _wrong_line(path: Path, number: int) -> str:
    """What is wrong with a line, without any of it: it may hold a key."""
    return (
        f"line {number} of {path} is no key: a line is a number of its own (1, 2, …), a colon and 32 random bytes in"
        " base64, such as `linjen key` writes"
    )


class Sealer:
    """Seals and unseals bytes for named purposes ('message', 'intake', …), each with a key of its own."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        self._keys = keys
        self._active = next(iter(keys))
        self._cipher = lru_cache(maxsize=256)(self._make_cipher)
        self._key = lru_cache(maxsize=256)(self._derive)

    def _derive(self, key_id: int, purpose: str) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=32, info=f"linjen/{purpose}".encode()).derive(self._keys[key_id])

    def _make_cipher(self, key_id: int, purpose: str) -> AESGCM:
        return AESGCM(self._derive(key_id, purpose))

    def seal(self, purpose: str, plain: bytes, row: bytes) -> bytes:
        """Seal `plain`; `row` is the ids of the row it belongs to and must be given again to unseal."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher(self._active, purpose).encrypt(nonce, plain, row)
        return self._active.to_bytes(_KEY_ID, "big") + nonce + sealed

    def unseal(self, purpose: str, sealed: bytes, row: bytes) -> bytes:
        """The plain bytes, or Broken if anything about value, row, purpose or key is not as when it was sealed."""
        key_id = int.from_bytes(sealed[:_KEY_ID], "big")
        if key_id not in self._keys:
            raise Broken("sealed_with_unknown_key", key_id=key_id)
        nonce, body = sealed[_KEY_ID : _KEY_ID + _NONCE], sealed[_KEY_ID + _NONCE :]
        try:
            return self._cipher(key_id, purpose).decrypt(nonce, body, row)
        except InvalidTag as error:
            raise Broken("sealed_value_altered") from error

    def index(self, purpose: str, plain: str) -> bytes:
        """A keyed hash (32 bytes) for exact look-up of a sealed value; always made with the oldest key."""
        oldest = min(self._keys)
        return hmac.new(self._key(oldest, f"index/{purpose}"), plain.encode(), hashlib.sha256).digest()

    def token(self, purpose: str, plain: bytes) -> str:
        """A keyed 32-character token that only this installation can make, for example a CSRF token."""
        mac = hmac.new(self._key(min(self._keys), f"token/{purpose}"), plain, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac[:24]).decode()
