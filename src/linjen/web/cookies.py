"""The cookies: one for residents, one for staff, one for the browser that began a sign-in. All __Host- and HttpOnly."""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from linjen.core.settings import Settings


def cookie_name(settings: Settings, kind: str) -> str:
    """The cookie's name; it holds the port when the address has one, since browsers share cookies between ports."""
    port = urlsplit(settings.public_url).port
    name = f"linjen-{kind}-{port}" if port else f"linjen-{kind}"
    return f"__Host-{name}" if settings.cookie_secure else name


def make_cookie(settings: Settings, kind: str, value: str, max_age_s: int | None = None) -> Cookie:
    """A cookie for this host alone. Lax, since the return from the sign-in's app or provider is a cross-site GET;
    every change is guarded by token and origin besides."""
    return Cookie(
        key=cookie_name(settings, kind), value=value, path="/", httponly=True, secure=settings.cookie_secure,
        samesite="lax", max_age=max_age_s,
    )  # fmt: skip


def erase_cookie(settings: Settings, kind: str) -> Cookie:
    """The cookie that makes the browser forget it."""
    return make_cookie(settings, kind, "", 0)
