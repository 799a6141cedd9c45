"""UUIDv7 made in Python, so that ids sort by time and PostgreSQL 15 needs no extension."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from uuid import UUID

from asyncpg.pgproto import pgproto

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_NIL = str(UUID(int=0))


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random_a = secrets.randbits(12) << 64
    return UUID(int=(milliseconds << 80) | _VERSION_7 | random_a | _VARIANT | secrets.randbits(62))


def id_at(at: datetime) -> UUID:
    """The least id that is made at this instant: ids made before it are smaller, those made after it greater."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | _VERSION_7 | _VARIANT)


def parse_id(text: str) -> UUID | None:
    """The UUID that `text` spells in its canonical 36-character form, or None; the nil UUID is nobody's id.

    It is the driver's own kind, equal in everything, whose reading, comparing and writing take a tenth of the time.
    """
    if len(text) != 36 or text == _NIL:
        return None
    try:
        return pgproto.UUID(text)
    except ValueError:
        return None
