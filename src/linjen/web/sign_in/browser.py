"""The browser that signs in: its secret cookies, its own address, and the path it is sent on to afterwards."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from linjen.access.sessions import Session, end_session, find_session
from linjen.web.cookies import cookie_name, erase_cookie, make_cookie
from linjen.web.exchange import Exchange
from linjen.web.routing import split_address

#: A path of our own, with a query or without: no host, no backslash, nothing a browser reads as another address.
_PART = r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*"
_LOCAL = re.compile(rf"/(?:{_PART}/)*(?:{_PART})?(?:\?[A-Za-z0-9_.~=&%/-]*)?")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST_PATH = 300
#: An attempt outlives no coffee break; the cookie that belongs to it neither.
_ATTEMPT_S = 20 * 60
_DEVICE_S = 400 * 24 * 3600
_LONGEST_AGENT = 256


def safe_path(text: str, default: str, inside: tuple[str, ...] = ("/",)) -> str:
    """`text` when it is a path of this program below one of `inside`, otherwise `default`; never another origin."""
    if len(text) > _LONGEST_PATH or not _LOCAL.fullmatch(text):
        return default
    path = text.partition("?")[0]
    if path.startswith(("/sign-in", "/clinic/sign-in", "/clinic/locked")) or path == "/":
        return default
    return text if any(path == top.rstrip("/") or path.startswith(top.rstrip("/") + "/") for top in inside) else default


def referring_path(exchange: Exchange) -> str:
    """The path and query of the page of ours that led here; '' when it was none of ours."""
    referer = split_address(exchange.request.headers.get("referer", ""))
    own = urlsplit(exchange.site.settings.public_url)
    if referer[:2] != own[:2]:
        return ""
    return f"{referer.path}?{referer.query}" if referer.query else referer.path


def begin_attempt(exchange: Exchange, kind: str) -> str:
    """A fresh secret for this browser's attempt, in a cookie of its own; an older attempt of the browser is left."""
    secret = secrets.token_urlsafe(32)
    exchange.cookies.append(make_cookie(exchange.site.settings, f"attempt-{kind}", secret, _ATTEMPT_S))
    return secret


def attempt_of(exchange: Exchange, kind: str) -> str:
    """The secret of the attempt that this browser began; '' when it began none."""
    return exchange.request.cookies.get(cookie_name(exchange.site.settings, f"attempt-{kind}"), "")


def end_attempt(exchange: Exchange, kind: str) -> None:
    """Let the browser forget its attempt."""
    exchange.cookies.append(erase_cookie(exchange.site.settings, f"attempt-{kind}"))


def device_of(exchange: Exchange) -> str:
    """What BankID's risk judgement knows this device by: a keyed hash of a long-lived random cookie."""
    site = exchange.site
    value = exchange.request.cookies.get(cookie_name(site.settings, "device"), "")
    if not _SECRET.fullmatch(value):
        value = secrets.token_urlsafe(32)
        exchange.cookies.append(make_cookie(site.settings, "device", value, _DEVICE_S))
    return site.sealer.token("bankid_device", value.encode())


def user_agent(exchange: Exchange) -> str:
    """What the browser calls itself, cut to a sane length and never empty."""
    return exchange.request.headers.get("user-agent", "")[:_LONGEST_AGENT] or "unknown"


def client_address(exchange: Exchange) -> str:
    """The device's address as the server sees it, through trusted proxies only."""
    return exchange.request.client.host if exchange.request.client else "127.0.0.1"


def turn_to_staff(exchange: Exchange) -> None:
    """Make a page that anyone may see a page for staff: a resident signed in beside it is another matter."""
    exchange.session, exchange.person, exchange.unit, exchange.csrf = None, None, None, ""
    exchange.words = "sv"


async def session_of(exchange: Exchange, kind: str) -> Session | None:
    """The browser's living session of a kind, locked or not, whatever page is asked for."""
    site = exchange.site
    token = exchange.request.cookies.get(cookie_name(site.settings, kind))
    return await find_session(site.database, site.settings, token, kind) if token else None


async def end_living(exchange: Exchange, session: Session | None) -> None:
    """End a session: its token is worthless from now on, and what it had open live is closed."""
    if session is not None:
        await end_session(exchange.site.database, session.id)
        exchange.site.hub.end_session(session.id)


async def sign_out(exchange: Exchange, session: Session | None, kind: str) -> None:
    """End a session and let the browser forget it."""
    await end_living(exchange, session)
    exchange.cookies.append(erase_cookie(exchange.site.settings, kind))


def ended_words(exchange: Exchange) -> str:
    """The key of why the sign-in is asked for again, when a session has ended by itself; '' otherwise."""
    return "sign_in.session.ended" if exchange.request.query_params.get("why") == "ended" else ""
