"""BankID's animated QR code: what it says each second, and its picture."""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from typing import Any

import msgspec
import zxingcpp

QUIET_ZONE_MODULES = 4
"""White margin that ISO/IEC 18004 asks for; without it a dark page eats the code's edge."""
#: ISO/IEC 18004 has eight patterns of which one is laid over a code, so that it is easy to read.
_MASKS = 8
_DARK = re.compile("1+")
#: The encoder's grey of a module as its letter.
_AS_LETTERS = bytes([ord("1"), *[ord("0")] * 255])


class QrCode(msgspec.Struct, frozen=True):
    """A code as `size` rows of `size` modules each, one letter a module: `modules` has 1 for a dark one, 0 for a light.

    The white margin around it is not in it.
    """

    size: int
    modules: str

    def drawn(self) -> QrPicture:
        """As a picture that needs no script."""
        path, gap_y = [], QUIET_ZONE_MODULES + 0.5  # a stroke lies around the middle of its line
        for y in range(self.size):
            gap, x = f"M{QUIET_ZONE_MODULES} {y + gap_y}m", 0
            for dark in _DARK.finditer(self.modules[y * self.size : (y + 1) * self.size]):
                begin, end = dark.span()
                path.append(f"{gap}{begin - x} 0h{end - begin}")
                gap, x = "m", end
        return QrPicture(self.size + 2 * QUIET_ZONE_MODULES, "".join(path))


class QrPicture(msgspec.Struct, frozen=True):
    """A code to be drawn on a white square of `size` modules: `path` is an SVG path, to be stroked black, one wide."""

    size: int
    path: str


def qr_content(qr_start_token: str, qr_start_secret: str, seconds: int) -> str:
    """The text of the code `seconds` whole seconds after the order was answered.

    `bankid.<token>.<seconds>.<hex HMAC-SHA256 of the seconds, keyed by the secret>`. The secret stays on the server.
    """
    if seconds < 0:
        raise ValueError("seconds counts from the order's answer and is never negative")
    code = hmac.new(qr_start_secret.encode("ascii"), str(seconds).encode("ascii"), hashlib.sha256).hexdigest()
    return f"bankid.{qr_start_token}.{seconds}.{code}"


def qr_code(content: str) -> QrCode:
    """The code of `content`.

    A new one is made each second for every open sign-in: by a compiled encoder, since one in Python took 2 ms, more
    than all else that a second of a sign-in costs. The page's script draws it, for the same reason. To try all masks
    for the one that is easiest to read takes nine tenths of the time. Any can be read, so it is left to chance, and
    one that a camera finds hard is gone in a second.
    """
    mask = zlib.crc32(content.encode()) % _MASKS
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, options=f"ecLevel=L,dataMask={mask}")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer of bytes, which its types do not say
    rows = memoryview(image)
    return QrCode(rows.shape[0] if rows.shape else 0, rows.tobytes().translate(_AS_LETTERS).decode("ascii"))
