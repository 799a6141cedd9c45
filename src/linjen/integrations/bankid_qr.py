"""BankID's animated QR code: what it says each second, and its picture."""

from __future__ import annotations

import hashlib
import hmac
import io

import segno

_MASK = 3
"""Any of the eight masks can be read. Trying them all costs four fifths of the time, and a new code is drawn every
second for every open sign-in; the HMAC makes the data random enough for one fixed mask."""
QUIET_ZONE_MODULES = 4
"""White margin that ISO/IEC 18004 asks for; without it a dark page eats the code's edge."""


def qr_content(qr_start_token: str, qr_start_secret: str, seconds: int) -> str:
    """The text of the code `seconds` whole seconds after the order was answered.

    `bankid.<token>.<seconds>.<hex HMAC-SHA256 of the seconds, keyed by the secret>`. The secret stays on the server.
    """
    if seconds < 0:
        raise ValueError("seconds counts from the order's answer and is never negative")
    code = hmac.new(qr_start_secret.encode("ascii"), str(seconds).encode("ascii"), hashlib.sha256).hexdigest()
    return f"bankid.{qr_start_token}.{seconds}.{code}"


def qr_svg(content: str) -> str:
    """An `<svg class="qr">` of `content`, without width, height or inline style, so that the page's CSS sizes it.

    Black on an own white square with a quiet zone: it can be scanned from a dark page too.
    """
    picture = io.BytesIO()
    segno.make_qr(content, error="l", boost_error=False, mask=_MASK).save(
        picture,
        kind="svg",
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
        border=QUIET_ZONE_MODULES,
        dark="#000",
        light="#fff",
        nl=False,
    )
    return picture.getvalue().decode("utf-8")
