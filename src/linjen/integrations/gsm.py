"""GSM's own alphabet (3GPP TS 23.038): what fits in it, how many parts a text takes, and their bytes for SMPP."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final

_ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE: Final = 0x1B
_CODES: Final = {char: bytes([code]) for code, char in enumerate(_ALPHABET) if code != _ESCAPE} | {
    char: bytes([_ESCAPE, code])
    for char, code in {
        "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
    }.items()
}  # fmt: skip
#: data_coding of SMPP.
GSM, UCS_2 = 0, 8


def is_gsm(text: str) -> bool:
    """Whether every character stands in GSM's own alphabet, which å, ä and ö do."""
    return all(char in _CODES for char in text)


def parts_of(text: str) -> int:
    """How many SMS the text takes: 160 characters in one, 153 in each of several; 70 and 67 outside GSM's alphabet."""
    return len(_cut(text))


def encode(text: str) -> tuple[int, list[bytes]]:
    """data_coding, and each part's bytes; several parts begin with the header that lets a phone join them."""
    parts = _cut(text)
    coding = GSM if is_gsm(text) else UCS_2
    if len(parts) == 1:
        return coding, parts
    reference = secrets.randbelow(256)
    return coding, [bytes([5, 0, 3, reference, len(parts), n]) + part for n, part in enumerate(parts, 1)]


def _cut(text: str) -> list[bytes]:
    gsm = is_gsm(text)
    whole, each = (160, 153) if gsm else (140, 134)
    pieces = list(_pieces(text, gsm))
    if sum(map(len, pieces)) <= whole:
        return [b"".join(pieces)]
    parts = [b""]
    for piece in pieces:  # an escaped character, and one of two halves, is never cut in two
        if len(parts[-1]) + len(piece) > each:
            parts.append(b"")
        parts[-1] += piece
    return parts


def _pieces(text: str, gsm: bool) -> Iterator[bytes]:
    for char in text:
        yield _CODES[char] if gsm else char.encode("utf-16-be", "replace")
