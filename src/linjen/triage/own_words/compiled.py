"""What takes long to work out of files that ship with the program, kept beside it under a hash of all it follows from.

It is written at the first start by somebody who may write there, and only saves time: where it is missing, old, harmed
or open to others, everything is worked out anew. It is plain data, never code.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "compiled"
#: Files of one name that are kept, each for its own key: the versions of the content that a node may be asked for.
_MOST = 6
_DIGEST = 32  # bytes of a SHA-256
_WRITABLE_BY_OTHERS = 0o022


def key_of(sources: Iterable[bytes]) -> bytes:
    """The hash of everything that a result follows from: the files it is worked out of, and the code that does it."""
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {sys.byteorder}".encode())
    for source in sources:
        digest.update(hashlib.sha256(source).digest())
    return digest.digest()


def find_compiled(name: str, key: bytes, folder: Path = FOLDER) -> bytes | None:
    """What was kept under this name and key; None when there is nothing that can be relied on."""
    path = _path(name, key, folder)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid not in {0, os.geteuid()} or status.st_mode & _WRITABLE_BY_OTHERS:
                return None
            raw = file.read()
    except OSError:
        return None
    payload = raw[2 * _DIGEST :]
    if raw[: 2 * _DIGEST] != key + hashlib.sha256(payload).digest():
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # what is used is kept longest
    return payload


def _path(name: str, key: bytes, folder: Path) -> Path:
    return folder / f"{name}-{key[:8].hex()}"


def keep_compiled(name: str, key: bytes, payload: bytes, folder: Path = FOLDER) -> None:
    """Keep it for the next start, whole or not at all, and the last few of its name; without the right to, nothing."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o755, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(key + hashlib.sha256(payload).digest() + payload)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(_path(name, key, folder))
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        for old in sorted(folder.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink(missing_ok=True)
